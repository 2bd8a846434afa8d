import Testing

/// What people and machines run.
struct ScriptTests {
    private let repository = Repository()

    @Test func `scripts can be executed, and nothing else can`() throws {
        var scripts = 0
        for path in try repository.paths() where !path.hasSuffix(".png") {
            let text = try repository.text(path)
            if text.hasPrefix("#!") { scripts += 1 }
            let isExecutable = try repository.isExecutable(path)
            #expect(ScriptRule.violations(path: path, text: text, isExecutable: isExecutable) == [])
        }
        #expect(scripts >= 2)
    }

    @Test func `shell scripts stop at the first error`() throws {
        for path in try repository.paths() where !path.hasSuffix(".png") {
            let text = try repository.text(path)
            guard text.hasPrefix("#!/usr/bin/env bash") else { continue }
            #expect(text.contains("\nset -euo pipefail\n"), "\(path)")
        }
    }

    @Test func `the bootstrap script installs what the manifest needs`() throws {
        let manifest = try repository.text("Package.swift")
        let script = try repository.text("tools/bootstrap.sh")
        #expect(SystemPackageRule.packages(ofManifest: manifest).count >= 6)
        #expect(SystemPackageRule.missing(manifest: manifest, script: script) == [])
    }

    @Test func `CI runs what people run`() throws {
        #expect(try repository.text(".ci/run").hasSuffix("\nexec make test\n"))
    }

    @Test func `Python packages are pinned by hash and name no index`() throws {
        for name in ["emulator", "tools"] {
            let text = try repository.text("tools/requirements-\(name).txt")
            let packages = text.split(separator: "\n").filter { $0.first?.isLetter == true }
            #expect(!packages.isEmpty && packages.allSatisfy { $0.contains("==") })
            #expect(text.components(between: "--hash=sha256:", and: "\n").count >= packages.count)
            #expect(!text.contains("://") && !text.contains("--index") && !text.contains("--find"))
        }
    }
}

/// The rules see what they are there to see.
struct ScriptRuleTests {
    @Test func `a script without the bit and a bit without a script are found`() {
        #expect(ScriptRule.violations(path: "a", text: "#!/bin/sh\n", isExecutable: false).count == 1)
        #expect(ScriptRule.violations(path: "a", text: "text\n", isExecutable: true).count == 1)
        #expect(ScriptRule.violations(path: "a", text: "#!/bin/sh\n", isExecutable: true) == [])
        #expect(ScriptRule.violations(path: "a", text: "text\n", isExecutable: false) == [])
    }

    @Test func `a package that the script lacks is found`() {
        let manifest = "debian: \"liba-dev\"), providers: [.apt([\"libb-dev\"])], debian: \"libc-dev\""
        let script = "BUILD_PACKAGES=(\n    liba-dev libc-dev-extra\n)\nTEST_PACKAGES=(libb-dev)"
        #expect(SystemPackageRule.missing(manifest: manifest, script: script) == ["libb-dev", "libc-dev"])
    }
}
