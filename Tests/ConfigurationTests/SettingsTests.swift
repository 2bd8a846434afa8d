import Configuration
import Testing

struct SettingsTests {
    private static let aws = [
        "AWS_REGION": "us-east-1", "SQS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/q",
        "IMAGE_S3_BUCKET": "images-1", "CLOUDFRONT_URL": "https://d1.cloudfront.net/",
        "DATABASE_URL": "postgresql://u:hunter2hunter2@db:5432/images",
        "API_KEYS": "a:first-key-1,second-key-2",
    ]

    private func settings(
        _ role: Settings.Role,
        _ values: [String: String],
        files: [String: String] = [:]
    ) throws(SettingsMistakes) -> Settings {
        try Settings(role: role, values: values) { files[$0] }
    }

    private func mistakes(_ role: Settings.Role, _ values: [String: String]) -> [String] {
        do {
            _ = try settings(role, values)
            return []
        } catch {
            return error.mistakes.map(\.name)
        }
    }

    @Test func `the local role needs no setting at all`() throws {
        let settings = try settings(.local, [:])
        #expect(settings.http.host == "127.0.0.1")
        #expect(settings.http.port == 3000)
        #expect(settings.http.publicURL == "http://127.0.0.1:3000")
        #expect(settings.http.keys == [HTTPSettings.Key(name: "local", key: Secret("local-dev-key"))])
        #expect(settings.dataDirectory == ".image-api")
        #expect(settings.aws == nil)
    }

    @Test func `the AWS roles read the variables of the README`() throws {
        let settings = try settings(.serve, Self.aws)
        let aws = try #require(settings.aws)
        #expect(aws.region == "us-east-1")
        #expect(aws.cloudFrontURL == "https://d1.cloudfront.net")
        #expect(aws.databaseURL.revealed.hasSuffix("/images"))
        #expect(settings.http.keys.map(\.name) == ["a", nil])
        #expect(settings.http.drainDelay == .seconds(5))
    }

    @Test func `everything that is missing is named at once`() {
        #expect(Set(mistakes(.serve, [:])) == ["AWS_REGION", "SQS_QUEUE_URL", "DATABASE_URL", "API_KEYS"])
        let worker = ["AWS_REGION", "SQS_QUEUE_URL", "IMAGE_S3_BUCKET", "CLOUDFRONT_URL", "DATABASE_URL"]
        #expect(Set(mistakes(.work, [:])) == Set(worker))
        #expect(mistakes(.migrate, [:]) == ["DATABASE_URL"])
    }

    @Test(arguments: [
        ("PORT", "70000"), ("PORT", "x"), ("WORKER_CONCURRENCY", "0"), ("STOP_TIMEOUT", "soon"),
        ("MOCK_FAILURE_RATE", "1.5"), ("MOCK_FAILURE_KIND", "sad"), ("LOG_LEVEL", "loud"),
        ("IMAGE_PROVIDER", "dalle"),
        ("PUBLIC_URL", "localhost"), ("PUBLIC_URL", "http://u:p@h"), ("API_KEYS", "a,,b"),
        ("API_KEYS", "short"),
        ("API_KEYS", "a:one-key-12,b:one-key-12"),
        ("API_KEYS", "n@me:long-enough-key"),
        ("API_KEYS", "long enough key"), ("RESULT_ACCESS", "all"), ("STOP_TIMEOUT", "1s"),
        ("DRAIN_DELAY", "25s"), ("API_KEYS", "a:the-same-key,b:the-same-key"),
    ])
    func `a wrong value is named with what was expected`(_ name: String, _ value: String) {
        #expect(mistakes(.local, [name: value]).contains(name))
    }

    @Test func `a time out of bounds is told its bounds`() {
        let mistakes = #expect(throws: SettingsMistakes.self) {
            try settings(.local, ["STOP_TIMEOUT": "1s", "HEADER_TIMEOUT": "1h"])
        }
        #expect(mistakes?.description.contains("from 2s to 120s") == true)
        #expect(mistakes?.description.contains("from 100ms to 300s") == true)
    }

    @Test func `the drain delay fits into a short stop timeout`() throws {
        let quick = ["STOP_TIMEOUT": "5s"]
        #expect(try settings(.serve, Self.aws.merging(quick) { $1 }).http.drainDelay == .seconds(1))
        #expect(mistakes(.local, ["STOP_TIMEOUT": "5s", "DRAIN_DELAY": "5s"]) == ["DRAIN_DELAY"])
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("25s", .seconds(25)), ("2m", .seconds(120)),
        ("1.5", .seconds(1.5)),
        ("0", .zero),
    ])
    func `times are read with their units`(_ text: String, _ expected: Duration) throws {
        #expect(try settings(.local, ["MOCK_DELAY": text]).provider.mockDelay == expected)
    }

    @Test func `a secret may come from a file, but not from both`() throws {
        let values = ["API_KEYS_FILE": "/run/keys"]
        let fromFile = try settings(.local, values, files: ["/run/keys": "team:a-file-key-1\n"])
        #expect(fromFile.http.keys == [HTTPSettings.Key(name: "team", key: Secret("a-file-key-1"))])
        #expect(mistakes(.local, ["API_KEYS_FILE": "/missing"]) == ["API_KEYS_FILE"])
        #expect(mistakes(.local, ["API_KEYS_FILE": "/run/keys", "API_KEYS": "some-key-1"]) == ["API_KEYS"])
    }

    @Test func `the well-known key is for the loopback interface only`() throws {
        #expect(mistakes(.local, ["HOST": "0.0.0.0"]) == ["API_KEYS"])
        #expect(try settings(.local, ["HOST": "::1"]).http.keys.count == 1)
        #expect(try settings(.local, ["HOST": "0.0.0.0", "API_KEYS": "a-better-key"]).http.keys.count == 1)
    }

    @Test func `three keys of one name are refused`() {
        #expect(
            mistakes(.local, ["API_KEYS": "a:key-number-1,a:key-number-2,a:key-number-3"]) == ["API_KEYS"]
        )
    }

    @Test func `no secret is ever printed`() throws {
        let settings = try settings(.serve, Self.aws)
        var dumped = "\(settings)"
        dump(settings, to: &dumped)
        for secret in ["first-key-1", "second-key-2", "hunter2"] { #expect(!dumped.contains(secret)) }
        var wrong = Self.aws
        wrong["DATABASE_URL"] = "mysql://u:hunter2hunter2@db/x"
        wrong["API_KEYS"] = "first-key-1, , x"
        do {
            _ = try self.settings(.serve, wrong)
            Issue.record("wrong settings must be refused")
        } catch {
            #expect(!"\(error)".contains("hunter2"))
            #expect(!"\(error)".contains("first-key"))
        }
    }
}

struct DotEnvTests {
    @Test func `lines, comments, quotes and exports are read`() throws {
        let text = """
            # a comment
            PORT=4000
            export NAME="two words" # more
            RAW='a # b'
            EMPTY=
            HASH=a#b
            CUT=a # b\r
            PORT=5000
            """
        #expect(
            try DotEnv.parse(text) == [
                "PORT": "5000", "NAME": "two words", "RAW": "a # b", "EMPTY": "", "HASH": "a#b", "CUT": "a",
            ]
        )
    }

    @Test(arguments: ["x", "=1", "1A=2", "A B=1", "A=\"open", "A='x' y"])
    func `a line that is no assignment is named`(_ line: String) {
        #expect(throws: DotEnv.Failure(line: 2)) { try DotEnv.parse("OK=1\n\(line)") }
    }
}
