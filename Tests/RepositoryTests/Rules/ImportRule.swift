/// Which module may import which.
///
/// The table is the one that people read in `docs/ARCHITECTURE.md`: its first column names modules, its last what they
/// may import.
struct ImportRule {
    /// What any module may use besides: the language's own and the C library.
    static let system: Set<String> = [
        "Swift", "Synchronization", "Dispatch", "Glibc", "FoundationEssentials",
    ]
    /// How the table says that a module may import every other one that is Swift.
    static let everything = "everything but C"

    private(set) var allowed: [String: Set<String>] = [:]

    /// The C modules, by their names: a `C` and another capital.
    static func isC(_ module: String) -> Bool {
        let letters = module.prefix(2)
        return letters.count == 2 && letters.first == "C" && letters.allSatisfy(\.isUppercase)
    }

    init(_ document: Document) {
        for row in document.tableRows {
            guard let first = row.first, let last = row.last, row.count == 3 else { continue }
            for module in first.quoted { allowed[module] = Set(last.quoted) }
        }
        for row in document.tableRows where row.last == Self.everything {
            for module in row[0].quoted {
                allowed[module] = Set(allowed.keys.filter { !Self.isC($0) && $0 != module })
            }
        }
    }

    func violations(in file: SourceFile) -> [Violation] {
        guard let allowed = allowed[file.module] else {
            return [file.violation(line: 1, "module \(file.module) is not in the table of modules")]
        }
        return file.imports
            .filter { !allowed.contains($0.module) && !Self.system.contains($0.module) }
            .map { file.violation(line: $0.line, "\(file.module) may not import \($0.module)") }
    }

    /// Each C module that more than one module imports.
    static func sharedCModules(in files: [SourceFile]) -> [String: Set<String>] {
        var importers: [String: Set<String>] = [:]
        for file in files {
            for (module, _) in file.imports where isC(module) {
                importers[module, default: []].insert(file.module)
            }
        }
        return importers.filter { $0.value.count > 1 }
    }
}
