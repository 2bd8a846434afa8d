import Testing

/// Who may import whom, as docs/ARCHITECTURE.md says.
struct ModuleTests {
    private let repository = Repository()
    private let rule: ImportRule
    private let sources: [SourceFile]

    init() throws {
        let path = "docs/ARCHITECTURE.md"
        rule = ImportRule(Document(path: path, text: try repository.text(path)))
        sources = try repository.swiftFiles(in: "Sources")
    }

    @Test func `sources import only what the table of modules allows`() {
        #expect(sources.count > 20)
        #expect(sources.flatMap(rule.violations(in:)) == [])
    }

    @Test func `one module imports a C module, and no test does`() throws {
        let tests = try repository.swiftFiles(in: "Tests")
        #expect(ImportRule.sharedCModules(in: sources + tests) == [:])
        #expect(
            tests.filter { $0.module != "TestSupport" }
                .filter { $0.imports.contains { ImportRule.isC($0.module) } }.map(\.path) == []
        )
    }

    @Test func `every folder of sources has a row, and a header where it is C`() throws {
        for path in try repository.paths(in: "Sources") {
            let parts = path.split(separator: "/").map(String.init)
            let module = parts[1] == "C" ? parts[2] : parts[1]
            #expect(rule.allowed[module] != nil, "\(path)")
        }
    }

    @Test func `the domain imports nothing of ours`() { #expect(rule.allowed["ImageJobs"] == []) }

    @Test func `adapters never import adapters`() throws {
        let adapters: Set<String> = [
            "PostgresJobStore", "LocalStores", "AWSAdapters", "ImageProviders", "ImageEditing",
        ]
        for adapter in adapters {
            #expect(try #require(rule.allowed[adapter]).isDisjoint(with: adapters), "\(adapter)")
        }
        for user in ["API", "Worker"] {
            let others = adapters.union(["API", "Worker"]).subtracting([user])
            #expect(try #require(rule.allowed[user]).isDisjoint(with: others), "\(user)")
        }
    }

    @Test func `nothing in the table imports test support or the commands`() {
        for (module, imports) in rule.allowed {
            #expect(imports.isDisjoint(with: ["TestSupport", "Testing", "Commands"]), "\(module)")
        }
    }

    @Test func `the manifest lets no module depend on more than the table allows`() throws {
        let manifest = try repository.text("Package.swift")
        let entries = manifest.components(between: "library(\"", and: ")")
        #expect(entries.count > 10)
        for entry in entries {
            let names = entry.split(separator: "\"").map(String.init).filter { $0.first?.isLetter == true }
            let allowed = try #require(rule.allowed[names[0]], "\(names[0])")
            #expect(allowed.isSuperset(of: names.dropFirst()), "\(names[0])")
        }
    }
}

/// The rule sees what it is there to see.
struct ImportRuleTests {
    private let rule = ImportRule(
        Document(
            path: "table.md",
            text: """
                | modules | job | imports |
                |---|---|---|
                | `CThing` `CLinux` | C | – |
                | `Domain` | jobs | – |
                | `Store` | keeps | `Domain` `CThing` |
                | `Program` | all | everything but C |
                """
        )
    )

    private func violations(_ module: String, _ code: String) -> [String] {
        rule.violations(in: SourceFile(path: "Sources/\(module)/File.swift", text: code)).map(\.reason)
    }

    @Test func `what the table names and the system's modules are allowed`() {
        #expect(violations("Store", "package import Domain\nimport CThing\nimport Synchronization") == [])
        #expect(violations("Program", "import Domain\nimport Store") == [])
    }

    @Test(arguments: [
        ("Domain", "import Store"), ("Store", "package import Program"),
        ("Store", "import struct Foundation.URL"),
        ("Program", "import CThing"), ("Store", "@testable import TestSupport"),
        ("Domain", "  public import CLinux"),
        ("Store", "@_implementationOnly private import Program"),
    ])
    func `anything else is found`(module: String, code: String) {
        #expect(violations(module, code).count == 1)
    }

    @Test func `a module without a row is found`() { #expect(violations("Extra", "").count == 1) }

    @Test func `imports in comments and texts are none`() {
        #expect(
            violations("Domain", "// import Store\n/* import Store */\nlet a = \"\"\"\nimport Store\n\"\"\"")
                == []
        )
    }

    @Test func `two importers of a C module are found`() {
        let files = ["Store", "Program"]
            .map { SourceFile(path: "Sources/\($0)/A.swift", text: "import CThing") }
        #expect(ImportRule.sharedCModules(in: files) == ["CThing": ["Store", "Program"]])
        #expect(ImportRule.sharedCModules(in: [files[0], files[0]]) == [:])
    }
}
