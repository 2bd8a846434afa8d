import Foundation
import Testing

@testable import AWSClient

struct EnvironmentCredentialsTests {
    @Test func `keys and token come from the environment`() throws {
        let environment = [
            "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
        ]
        let credentials = try #require(try EnvironmentCredentials(environment: environment).load())
        #expect(credentials.accessKeyID == "AKID")
        #expect(credentials.secretAccessKey.revealed == "secret")
        #expect(credentials.sessionToken?.revealed == "token")
        #expect(credentials.expiration == nil)
    }

    @Test func `empty variables are no configuration`() throws {
        let environment = ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]
        #expect(try EnvironmentCredentials(environment: environment).load() == nil)
    }

    @Test(arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    func `half a key is an error that names what is missing`(present: String) {
        let error = #expect(throws: AWSCredentialsError.self) {
            try EnvironmentCredentials(environment: [present: "hush"]).load()
        }
        #expect(error?.description.contains("\(present) is set but") == true)
        #expect(error?.description.contains("hush") == false)
    }

    @Test func `a token with a line end is refused`() {
        let environment = [
            "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "a\r\nHost: b",
        ]
        #expect(throws: AWSCredentialsError.self) {
            try EnvironmentCredentials(environment: environment).load()
        }
    }
}

struct ProfileFileTests {
    @Test func `sections, properties and comments are told apart`() throws {
        let text = """
            # a comment
            [default] ; the usual one
            Region = eu-central-1 # where
            aws_secret_access_key = a#b;c=d
            s3 =
              addressing_style = path
            [profile work]\r
            region=us-east-1\r
            [sso-session main]
            region = elsewhere
            [profile\tspaced]
            """
        let file = try ProfileFile(text, kind: .configuration)
        #expect(
            file.profiles["default"] == [
                "region": "eu-central-1", "aws_secret_access_key": "a#b;c=d", "s3": "",
            ]
        )
        #expect(file.profiles["work"] == ["region": "us-east-1"])
        #expect(file.profiles["spaced"] == [:])
        #expect(file.profiles.count == 3)
    }

    @Test func `every section of a credentials file is a profile`() throws {
        let file = try ProfileFile("[work]\na=1\n[profile x]\nb=2", kind: .credentials)
        #expect(file.profiles == ["work": ["a": "1"], "profile x": ["b": "2"]])
    }

    @Test(arguments: [("[open\n", 1), ("[default]\nnothing\n", 2)])
    func `a line that is nothing is named`(text: String, line: Int) {
        #expect(throws: ProfileFile.SyntaxError(line: line)) { try ProfileFile(text, kind: .credentials) }
    }
}

struct ProfileCredentialsTests {
    private let home = ["HOME": "/home/me"]

    @Test func `the default profile comes from the home folder`() throws {
        let files = FakeFiles(["/home/me/.aws/credentials": keys("[default]", "AKID", token: "t")])
        let credentials = try ProfileCredentials(environment: home, files: files.reader).load()
        #expect(credentials?.accessKeyID == "AKID")
        #expect(credentials?.secretAccessKey.revealed == "secret-AKID")
        #expect(credentials?.sessionToken?.revealed == "t")
    }

    @Test func `the credentials file wins over the configuration file`() throws {
        let files = FakeFiles([
            "/home/me/.aws/credentials": keys("[work]", "FROM-CREDENTIALS"),
            "/home/me/.aws/config": keys("[profile work]", "FROM-CONFIG"),
        ])
        let environment = home.merging(["AWS_PROFILE": "work"]) { $1 }
        let credentials = try ProfileCredentials(environment: environment, files: files.reader).load()
        #expect(credentials?.accessKeyID == "FROM-CREDENTIALS")
    }

    @Test func `the files may be elsewhere`() throws {
        let files = FakeFiles(["/a": keys("[default]", "A"), "/home/me/c": keys("[default]", "C")])
        let one = ["AWS_SHARED_CREDENTIALS_FILE": "/a"]
        #expect(try ProfileCredentials(environment: one, files: files.reader).load()?.accessKeyID == "A")
        let other = home.merging(["AWS_CONFIG_FILE": "~/c"]) { $1 }
        #expect(try ProfileCredentials(environment: other, files: files.reader).load()?.accessKeyID == "C")
    }

    @Test func `no files, no home or no keys are no configuration`() throws {
        #expect(try ProfileCredentials(environment: home, files: FakeFiles().reader).load() == nil)
        #expect(try ProfileCredentials(environment: [:], files: FakeFiles().reader).load() == nil)
        let files = FakeFiles(["/home/me/.aws/config": "[default]\nregion = eu-central-1"])
        #expect(try ProfileCredentials(environment: home, files: files.reader).load() == nil)
    }

    @Test(arguments: [
        "role_arn = arn:aws:iam::1:role/x\nsource_profile = base", "sso_session = main",
        "sso_start_url = https://x",
        "credential_process = /bin/keys", "login_session = x", "aws_access_key_id = AKID",
        "aws_secret_access_key = hush", "aws_access_key_id = A B\naws_secret_access_key = hush", "junk",
    ])
    func `a profile that cannot be used is an error, not passed over`(properties: String) {
        let files = FakeFiles(["/home/me/.aws/config": "[default]\n\(properties)"])
        let error = #expect(throws: AWSCredentialsError.self) {
            try ProfileCredentials(environment: home, files: files.reader).load()
        }
        #expect(error?.description.contains("hush") == false)
    }

    @Test func `a profile asked for by name must exist`() {
        let environment = home.merging(["AWS_PROFILE": "gone"]) { $1 }
        let files = FakeFiles(["/home/me/.aws/credentials": keys("[default]", "AKID")])
        #expect(
            throws: AWSCredentialsError.unusable(
                source: "profile files",
                reason: "profile gone is in neither file"
            )
        ) {
            try ProfileCredentials(environment: environment, files: files.reader).load()
        }
    }

    @Test func `a file that cannot be read is an error`() {
        let environment = ["AWS_SHARED_CREDENTIALS_FILE": "/x.broken"]
        #expect(throws: AWSCredentialsError.self) {
            try ProfileCredentials(environment: environment, files: FakeFiles().reader).load()
        }
    }

    @Test func `local files are read whole, missing ones are none, folders fail`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        let content = [UInt8](repeating: 7, count: 40_000)
        try Data(content).write(to: folder.appendingPathComponent("token"))
        #expect(try AWSFileReader.local.read(folder.path + "/token") == content)
        #expect(try AWSFileReader.local.read(folder.path + "/none") == nil)
        #expect(throws: AWSFileReader.Failure.self) { try AWSFileReader.local.read(folder.path) }
        #expect(throws: AWSFileReader.Failure.self) { try AWSFileReader.local.read("a\0b") }
        let large = Data(repeating: 0, count: AWSFileReader.largestFile + 1)
        try large.write(to: folder.appendingPathComponent("large"))
        #expect(throws: AWSFileReader.Failure.self) { try AWSFileReader.local.read(folder.path + "/large") }
    }

    private func keys(_ section: String, _ key: String, token: String? = nil) -> String {
        let keys = "\(section)\naws_access_key_id = \(key)\naws_secret_access_key = secret-\(key)\n"
        return keys + (token.map { "aws_session_token = \($0)\n" } ?? "")
    }
}

struct RedactionTests {
    @Test func `a secret is never printed`() {
        let credentials = AWSCredentials.test("AKID", expiration: AWSTime(seconds: 1))
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in [
            dumped, "\(credentials)", String(reflecting: credentials), "\(credentials.secretAccessKey)",
        ] {
            #expect(!text.contains("secret-of-"))
            #expect(!text.contains("token-of-"))
            #expect(text.contains("<redacted>"))
        }
        #expect(credentials.secretAccessKey.revealed == "secret-of-AKID")
    }
}
