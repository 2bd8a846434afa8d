// swift-tools-version: 6.2
import PackageDescription

/// One language mode for every target: what compiles here has no data race, no implicit import
/// and no unmarked unsafe pointer.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func systemLibrary(_ name: String, pkgConfig: String? = nil, debian package: String? = nil) -> Target {
    .systemLibrary(
        name: name,
        path: "Sources/C/\(name)",
        pkgConfig: pkgConfig,
        providers: package.map { [.apt([$0])] }
    )
}

/// `exclude` names folders beside the tests that hold programs in other languages.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies + ["TestSupport"],
        exclude: exclude,
        swiftSettings: strict
    )
}

let cModules: [Target] = [
    systemLibrary("CLinux"),
    systemLibrary("CCurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
    systemLibrary("COpenSSL", pkgConfig: "libcrypto", debian: "libssl-dev"),
    systemLibrary("CPostgres", pkgConfig: "libpq", debian: "libpq-dev"),
    systemLibrary("CSQLite", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
    systemLibrary("CXML2", pkgConfig: "libxml-2.0", debian: "libxml2-dev"),
    // Loaded when the first image comes, and so neither included nor linked.
    systemLibrary("CVips", debian: "libvips42"),
]

let sources: [Target] = [
    library("HTTPMessages"),
    library("Telemetry"),
    library("Lifetime", ["Telemetry"]),
    library("Cryptography", ["COpenSSL"]),
    library("Configuration"),
    library("ImageJobs"),
    library("HTTPServer", ["HTTPMessages", "Telemetry", "CLinux"]),
    library("HTTPClient", ["HTTPMessages", "CCurl"]),
    library("Postgres", ["Lifetime", "CPostgres"]),
    library("SQLite", ["Lifetime", "CSQLite"]),
    library("AWSClient", ["HTTPMessages", "Cryptography", "Telemetry", "CXML2"]),
    library("PostgresJobStore", ["ImageJobs", "Postgres"]),
    library("LocalStores", ["ImageJobs", "SQLite"]),
    library("AWSAdapters", ["ImageJobs", "AWSClient"]),
    library("ImageEditing", ["ImageJobs", "CVips"]),
    library("ImageProviders", ["ImageJobs", "HTTPMessages", "AWSClient"]),
    library("API", ["ImageJobs", "HTTPMessages", "Telemetry", "Cryptography"]),
    library("Worker", ["ImageJobs", "Lifetime", "Telemetry"]),
    .executableTarget(
        name: "Commands",
        dependencies: [
            "API", "AWSAdapters", "AWSClient", "Configuration", "Cryptography", "HTTPClient", "HTTPMessages",
            "HTTPServer", "ImageEditing", "ImageJobs", "ImageProviders", "Lifetime", "LocalStores",
            "Postgres",
            "PostgresJobStore", "SQLite", "Telemetry", "Worker",
        ],
        swiftSettings: strict
    ),
]

let testTargets: [Target] = [
    .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
    .target(
        name: "TestSupport",
        dependencies: ["CSpawn", "AWSClient", "HTTPClient", "HTTPMessages", "ImageJobs", "Telemetry"],
        path: "Tests/TestSupport",
        swiftSettings: strict
    ),
    tests("HTTPMessagesTests", ["HTTPMessages"]),
    tests("TelemetryTests", ["Telemetry"]),
    tests("LifetimeTests", ["Lifetime", "Telemetry"]),
    tests("CryptographyTests", ["Cryptography"]),
    tests("ConfigurationTests", ["Configuration"]),
    tests("ImageJobsTests", ["ImageJobs"]),
    tests("HTTPServerTests", ["HTTPServer", "HTTPMessages", "Telemetry"]),
    tests("HTTPClientTests", ["HTTPClient", "HTTPMessages"]),
    tests("PostgresTests", ["Postgres"]),
    tests("SQLiteTests", ["SQLite"]),
    tests(
        "AWSClientTests",
        ["AWSClient", "Cryptography", "HTTPMessages", "HTTPClient", "Telemetry"],
        exclude: ["Scripts"]
    ),
    tests("PostgresJobStoreTests", ["PostgresJobStore", "Postgres", "ImageJobs"]),
    tests("LocalStoresTests", ["LocalStores", "SQLite", "ImageJobs"]),
    tests(
        "AWSAdaptersTests",
        ["AWSAdapters", "AWSClient", "Cryptography", "HTTPClient", "HTTPMessages", "ImageJobs", "Telemetry"]
    ),
    tests("ImageEditingTests", ["ImageEditing", "ImageJobs"]),
    tests("ImageProvidersTests", ["ImageProviders", "ImageEditing", "ImageJobs", "HTTPMessages"]),
    tests("APITests", ["API", "ImageJobs", "HTTPMessages", "LocalStores", "SQLite", "Telemetry"]),
    tests("WorkerTests", ["Worker", "ImageJobs", "Lifetime", "LocalStores", "SQLite", "Telemetry"]),
    tests("RepositoryTests", []),
    tests(
        "EndToEndTests",
        ["Commands", "AWSClient", "HTTPClient", "HTTPMessages", "ImageJobs", "Postgres", "PostgresJobStore"]
    ),
]

let package = Package(
    name: "image-api",
    products: [.executable(name: "image-api", targets: ["Commands"])],
    targets: cModules + sources + testTargets
)
