/// The shapes a client may ask for, as the API writes them.
package enum AspectRatio: String, CaseIterable, Sendable {
    case square = "1:1"
    case wide16x9 = "16:9"
    case tall9x16 = "9:16"
    case wide4x3 = "4:3"
    case tall3x4 = "3:4"
    case wide3x2 = "3:2"
    case tall2x3 = "2:3"
    case wide21x9 = "21:9"
    case tall9x21 = "9:21"
    case wide5x4 = "5:4"
    case tall4x5 = "4:5"

    /// The size of about `pixels` pixels in this shape, both edges multiples of 16.
    package func size(pixels: Int = 1024 * 1024) -> PixelSize {
        let parts = rawValue.split(separator: ":").compactMap { Double($0) }
        let ratio = parts[0] / parts[1]
        let height = (Double(pixels) / ratio).squareRoot()
        func rounded(_ edge: Double) -> Int { max(16, Int((edge / 16).rounded()) * 16) }
        return PixelSize(width: rounded(height * ratio), height: rounded(height))
    }
}
