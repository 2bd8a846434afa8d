/// Marks the module; replaced by real support files.
package enum TestSupport {}
