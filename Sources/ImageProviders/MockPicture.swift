internal import ImageJobs

/// What the mock draws for one image of a request.
///
/// Everything follows from the prompt, the seed, the size and the index alone: two related colours from corner
/// to corner, and a handful of soft discs in the colours around them.
struct MockPicture {
    private static let discCount = 5...8

    let picture: Picture

    init(_ request: ImageRequest, index: Int) {
        var numbers = StableNumbers(text: request.prompt.text, seed: request.seed ?? 0, index: index)
        let palette = Palette(&numbers)
        let discs = (0..<numbers.integer(in: Self.discCount))
            .map { place in
                Self.disc(place, palette, &numbers)
            }
        picture = Picture(
            size: request.size,
            topLeft: palette.start,
            bottomRight: palette.end,
            discs: discs,
            caption: request.prompt.text
        )
    }

    /// Large discs come first and stay faint; small ones lie on top, and are brighter.
    private static func disc(_ place: Int, _ palette: Palette, _ numbers: inout StableNumbers) -> Picture.Disc
    {
        let nearness = Double(place) / Double(discCount.upperBound)
        return Picture.Disc(
            x: numbers.fraction(in: -0.05...1.05),
            y: numbers.fraction(in: -0.05...0.85),
            radius: numbers.fraction(in: 0.9...1.1) * (0.37 - 0.32 * nearness.squareRoot()),
            color: palette.accent(numbers.fraction(in: 0...1)),
            opacity: 0.22 + 0.4 * nearness
        )
    }
}

/// Colours that go together: neighbours on the colour wheel, and one from across it.
struct Palette {
    let start: Color
    let end: Color
    private let hue: Double
    private let turn: Double

    init(_ numbers: inout StableNumbers) {
        hue = numbers.fraction(in: 0...1)
        turn = numbers.fraction(in: 0.1...0.22) * (numbers.integer(in: 0...1) == 0 ? 1 : -1)
        start = Color(hue: hue, saturation: numbers.fraction(in: 0.6...0.8), brightness: 0.42)
        end = Color(hue: hue + turn, saturation: numbers.fraction(in: 0.55...0.75), brightness: 0.88)
    }

    /// A disc's colour: mostly a neighbour of the two, sometimes their opposite.
    func accent(_ choice: Double) -> Color {
        if choice > 0.78 { return Color(hue: hue + 0.5 + turn, saturation: 0.55, brightness: 1) }
        return Color(hue: hue + turn * (0.4 + 2 * choice), saturation: 0.25 + 0.5 * choice, brightness: 1)
    }
}

extension Color {
    /// A colour of the wheel: `hue` is the part of a turn from red, the others go from 0 to 1.
    init(hue: Double, saturation: Double, brightness: Double) {
        func channel(_ offset: Double) -> UInt8 {
            let place = (offset + hue * 6).truncatingRemainder(dividingBy: 6)
            let turned = place < 0 ? place + 6 : place
            let share = max(0, min(turned, 4 - turned, 1))
            return UInt8((brightness * (1 - saturation * share) * 255).rounded())
        }
        self.init(red: channel(5), green: channel(3), blue: channel(1))
    }
}
