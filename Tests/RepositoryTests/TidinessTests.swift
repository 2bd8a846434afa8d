import Testing

/// How sources read.
struct TidinessTests {
    private let sources: [SourceFile]
    private let tests: [SourceFile]

    init() throws {
        let repository = Repository()
        sources = try repository.swiftFiles(in: "Sources")
        tests = try repository.swiftFiles(in: "Tests")
    }

    @Test func `files and functions are short`() {
        #expect((sources + tests).flatMap(LengthRule.violations(in:)) == [])
    }

    @Test func `sources hold nothing that crashes on surprise, escapes its owner or hides an error`() {
        #expect(sources.flatMap(BannedCodeRule.violations(in:)) == [])
    }

    @Test func `programs are started by ChildProcess alone`() {
        #expect((sources + tests).flatMap(ProcessRule.violations(in:)) == [])
    }

    @Test func `promises name an issue`() {
        #expect((sources + tests).flatMap(PromiseRule.violations(in:)) == [])
    }

    @Test func `names say what is inside`() {
        #expect((sources + tests).flatMap { NameRule.violations(in: $0.path) } == [])
    }

    @Test func `what modules share is documented`() {
        let rule = DocumentationRule(sources)
        #expect(sources.flatMap(rule.violations(in:)) == [])
    }
}

/// The rules see what they are there to see.
struct TidinessRuleTests {
    private func file(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/Module/File.swift", text: text)
    }

    private func lines(_ count: Int) -> String { String(repeating: "a()\n", count: count) }

    @Test func `a file of 500 lines is allowed, one more is not`() {
        #expect(LengthRule.violations(in: file(lines(500))) == [])
        #expect(LengthRule.violations(in: file(lines(501))).map(\.line) == [501])
    }

    @Test(arguments: [
        "func a() {", "    private init?(b: () -> Void = {}) async throws {", "deinit {", "class func a() {",
    ])
    func `a function of 70 lines is allowed, one more is not`(start: String) {
        #expect(LengthRule.violations(in: file("\(start)\n\(lines(68))}\n\(lines(80))")) == [])
        #expect(LengthRule.violations(in: file("let a = 1\n\(start)\n\(lines(69))}\n")).map(\.line) == [2])
    }

    @Test func `parameters on lines of their own belong to the function`() {
        let start = "func a(\n    b: Int,\n    c: () -> Void = { }\n) {\n"
        #expect(LengthRule.violations(in: file("\(start)\(lines(65))}\n")) == [])
        #expect(LengthRule.violations(in: file("\(start)\(lines(66))}\n")).count == 1)
    }

    @Test func `braces in texts and comments count for nothing, and requirements have no body`() {
        let code = "func a() {\nlet b = \"{{{ \\(c { 1 }) \\\" {\" // {\n}\n"
        #expect(LengthRule.violations(in: file(code + lines(100))) == [])
        #expect(
            LengthRule.violations(in: file("protocol A {\nfunc b()\nfunc c()\n}\nstruct D {\n\(lines(90))}"))
                == []
        )
    }

    @Test(arguments: [
        "try! a()", "a as! B", "fatalError(\"\")", "Task.detached { }", "try? a()", "do { } catch {}",
    ])
    func `banned code is found`(code: String) {
        #expect(BannedCodeRule.violations(in: file("a()\nb()\n\(code)\nc()")).map(\.line) == [3])
    }

    @Test func `banned words in texts and comments are none, and a reason excuses what may have one`() {
        let code =
            "let a = \"try!\" // as!\n/* fatalError( /* nested */ as! */\n// Nobody waits for it.\ntry? b()"
        #expect(BannedCodeRule.violations(in: file(code)) == [])
    }

    @Test(arguments: ["let a = Process()", "Foundation.Process.run(b)", "private let a: Process?"])
    func `a way around ChildProcess is found`(code: String) {
        #expect(ProcessRule.violations(in: file("a()\n\(code)")).map(\.line) == [2])
        #expect(
            ProcessRule.violations(in: file("ChildProcess(); ProcessInfo(); \"Process()\" // Process")) == []
        )
    }

    @Test func `a promise without an issue is found`() {
        let word = "TODO"
        #expect(PromiseRule.violations(in: file("a() // \(word): later")).count == 1)
        #expect(PromiseRule.violations(in: file("a() // \(word) #12: later")) == [])
        #expect(PromiseRule.violations(in: file("let a = \"\(word)\"")) == [])
    }

    @Test(arguments: [
        "Sources/A/StringUtils.swift", "Sources/A/B+Helpers.swift", "Sources/A/JobManager.swift",
        "Sources/Common/A.swift",
        "Sources/A/New/B.swift",
    ])
    func `a name that says nothing is found`(path: String) {
        #expect(NameRule.violations(in: path).count == 1)
    }

    @Test(arguments: ["Sources/A/NewJob.swift", "Sources/A/Commonness.swift", "Sources/Commands/Main.swift"])
    func `other names are fine`(path: String) { #expect(NameRule.violations(in: path) == []) }

    @Test(arguments: [
        "package struct A {}", "@safe\npublic final class A {}", "package static func a() {}",
        "// a\npackage enum A {}",
        "/// a\n\npackage func a() {}",
    ])
    func `a shared declaration without documentation is found`(code: String) {
        let file = file("let x = 1\n\(code)")
        #expect(DocumentationRule([file]).violations(in: file).count == 1)
    }

    @Test func `documented, private and asked-for declarations are fine`() {
        let file = file(
            """
            /// A.
            package protocol A {
                /// B.
                func b()
            }
            /// C.
            @safe
            package struct C: A {
                package func b() {}
                package static func < (left: C, right: C) -> Bool { true }
                private func d() {}
            }
            """
        )
        #expect(DocumentationRule([file]).violations(in: file) == [])
    }
}

/// The scanner tells code from the rest.
struct SwiftScannerTests {
    @Test(arguments: [
        ("a // b", "a     "), ("a /* b /* c */ d */ e", "a                   e"), (#""b" c"#, #"" " c"#),
        (#""\(a + "b")c" d"#, #""\(a + " ") " d"#), (##"#"b"c\#(d)"# e"##, ##"#"   \#(d)"# e"##),
        (#""\"b" c"#, #""   " c"#), ("\"\"\"\nb\"\n\"\"\" c", "\"\"\"\n  \n\"\"\" c"),
        ("\"//\" a", "\"  \" a"),
        (#""\((a) + (b))c" d"#, #""\((a) + (b)) " d"#),
    ])
    func `only code is left`(text: String, code: String) { #expect(SwiftScanner.split(text).code == code) }

    @Test func `only comments are left`() {
        #expect(SwiftScanner.split("a // b\n\"// c\" /* d */").comments == "  // b\n       /* d */")
    }
}
