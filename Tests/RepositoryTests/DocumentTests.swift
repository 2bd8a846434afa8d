import Testing

/// What documents say can be followed.
struct DocumentTests {
    private let repository = Repository()

    @Test func `links lead somewhere`() throws {
        let documents = try repository.documents()
        let anchors = Dictionary(uniqueKeysWithValues: documents.map { ($0.path, $0.anchors) })
        #expect(documents.contains { $0.path == "README.md" })
        let violations = documents.flatMap { document in
            LinkRule.violations(in: document) { anchors[$0] ?? (repository.exists($0) ? [] : nil) }
        }
        #expect(violations == [])
    }

    @Test func `every make target that is named exists`() throws {
        let targets = CommandRule.targets(ofMakefile: try repository.text("Makefile"))
        let rule = CommandRule(program: "make", known: targets)
        #expect(targets.isSuperset(of: ["run", "test", "check", "format", "bench"]))
        #expect(try repository.documents().flatMap(rule.violations(in:)) == [])
    }

    @Test func `the documents that others look for are there`() {
        for path in [
            "README.md", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/ARCHITECTURE.md",
        ] {
            #expect(repository.exists(path), "\(path)")
        }
    }
}

/// The rules see what they are there to see.
struct DocumentRuleTests {
    private func document(_ text: String) -> Document { Document(path: "docs/A.md", text: text) }

    @Test(arguments: ["[a](B.md)", "[a](../C.md#gone)", "x [a](#gone) y", "![a](a.png)", "[a](../docs/B.md)"])
    func `a link that leads nowhere is found`(text: String) {
        let violations = LinkRule.violations(in: document(text)) { ["C.md": ["here"], "docs/A.md": []][$0] }
        #expect(violations.count == 1)
    }

    @Test func `links to files, headings and the web are fine`() {
        let text =
            "# The *first* part\n[a](../C.md#here) [b](#the-first-part) [c](./A.md) [d](https://example.com/x)"
        let document = document(text)
        let violations = LinkRule.violations(in: document) {
            ["C.md": ["here"], "docs/A.md": document.anchors][$0]
        }
        #expect(violations == [])
    }

    @Test func `a command that does not exist is found, in spans and in fences`() {
        let rule = CommandRule(program: "make", known: ["run"])
        let text = "`make run` `make gone` make sense\n```bash\nCI=1 make lost  # make run\nmake -n\n```\n"
        #expect(rule.violations(in: document(text)).map(\.line) == [1, 3])
    }

    @Test func `a program may be named by its path`() {
        let rule = CommandRule(program: "image-api", known: ["local"])
        let text = "`.build/release/image-api local` `image-api --help` `image-api lost` `cd image-api`"
        #expect(rule.violations(in: document(text)).count == 1)
    }

    @Test func `targets are the words before a colon`() {
        let makefile = "flags := -x\n\nrun: build ## text\n\techo a: b\nbuild-all:\n.PHONY: run\n"
        #expect(CommandRule.targets(ofMakefile: makefile) == ["run", "build-all"])
    }
}
