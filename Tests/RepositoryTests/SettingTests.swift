import Testing

/// The settings and commands that people read about are those that the program has.
struct SettingTests {
    private let repository = Repository()

    @Test func `every variable of the example is a setting`() throws {
        let sources = try repository.swiftFiles(in: "Sources/Configuration")
        let rule = SettingRule(known: SettingRule.names(in: sources.flatMap(\.lines)))
        let example = try repository.text(".env.example")
        #expect(SettingRule.variables(of: example).count >= 9)
        #expect(rule.violations(in: example, path: ".env.example") == [])
    }

    @Test func `the example shows every setting`() throws {
        let sources = try repository.swiftFiles(in: "Sources/Configuration")
        let example = Set(SettingRule.variables(of: try repository.text(".env.example")).map(\.name))
        // Not ours: read for AWS's sake, and documented by AWS.
        let others: Set<String> = ["HOME", "AWS_DEFAULT_REGION", "AWS_"]
        #expect(
            SettingRule.names(in: sources.flatMap(\.lines)).subtracting(others).subtracting(example) == []
        )
    }

    @Test func `every setting of the readme is in the example`() throws {
        let example = Set(SettingRule.variables(of: try repository.text(".env.example")).map(\.name))
        let readme = Document(path: "README.md", text: try repository.text("README.md"))
        let named = readme.tableRows.flatMap { SettingRule.names(in: $0[0].quoted.map { "\"\($0)\"" }) }
        #expect(named.count >= 9)
        #expect(named.filter { !example.contains($0) } == [])
    }

    @Test func `every command that documents name exists`() throws {
        let sources = try repository.swiftFiles(in: "Sources/Commands").flatMap(\.lines)
        let named = ["serve", "work", "local", "migrate", "doctor"]
            .filter { command in
                sources.contains { line in
                    line.contains("\"\(command)\"")
                        || line.contains("case ") && line.split { !$0.isLetter }.contains { $0 == command }
                }
            }
        let rule = CommandRule(program: "image-api", known: Set(named))
        #expect(try repository.documents().flatMap(rule.violations(in:)) == [])
    }
}

/// The rule sees what it is there to see.
struct SettingRuleTests {
    @Test func `names are whole texts of capitals`() {
        #expect(
            SettingRule.names(in: ["a(\"PORT\", \"Port\", \"S3_KEY\")", "// PORT2", "\"A\""]) == [
                "PORT", "S3_KEY",
            ]
        )
    }

    @Test func `a variable that is no setting is found, commented out or not`() {
        let example = "# About it = this\nPORT=1\nPROT=2\n# HOTS=3\n#HOST=4\nAWS_ANY=1\n"
        let rule = SettingRule(known: ["PORT", "HOST", "AWS_"])
        #expect(rule.violations(in: example, path: ".env.example").map(\.line) == [3, 4])
    }
}
