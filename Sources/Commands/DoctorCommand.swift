import AWSAdapters
import AWSClient
import Configuration
import ImageEditing
import ImageJobs
import LocalStores
import PostgresJobStore
import Telemetry

/// `image-api doctor`: checks settings and services one by one and says what to do.
enum DoctorCommand {
    /// One line of the report.
    private struct Finding {
        let name: String
        /// What is wrong and what to do; nil when all is well.
        let trouble: String?
    }

    static func run() async -> ExitStatus {
        let values: [String: String]
        do {
            values = try ProcessEnvironment.values()
        } catch {
            Console.say("settings: \(error)")
            return .configuration
        }
        let isAWS = values["DATABASE_URL"] != nil || values["DATABASE_URL_FILE"] != nil
        Console.say(
            isAWS ? "Checking the AWS-shaped setup (DATABASE_URL is set)." : "Checking the local setup."
        )
        let settings: Settings
        do {
            if isAWS {
                let work = try bothRoles(values)
                guard let aws = work.aws else { return .configuration }
                show(Finding(name: "settings", trouble: nil))
                return report(await examine(aws) + [await examineProvider(work)])
            }
            settings = try Settings(role: .local, values: values, readFile: ProcessEnvironment.file)
        } catch {
            show(Finding(name: "settings", trouble: "\(error)"))
            return .configuration
        }
        show(Finding(name: "settings", trouble: nil))
        return report([await examineFolder(settings), await examineProvider(settings)])
    }

    /// The worker's settings, once those of the API are right too; else every mistake of either.
    private static func bothRoles(_ values: [String: String]) throws(SettingsMistakes) -> Settings {
        var mistakes: [SettingsMistake] = []
        do throws(SettingsMistakes) {
            _ = try Settings(role: .serve, values: values, readFile: ProcessEnvironment.file)
        } catch {
            mistakes = error.mistakes
        }
        do throws(SettingsMistakes) {
            let work = try Settings(role: .work, values: values, readFile: ProcessEnvironment.file)
            guard !mistakes.isEmpty else { return work }
        } catch {
            mistakes += error.mistakes.filter { !mistakes.contains($0) }
        }
        throw SettingsMistakes(mistakes: mistakes)
    }

    private static func report(_ findings: [Finding]) -> ExitStatus {
        for finding in findings { show(finding) }
        return findings.allSatisfy { $0.trouble == nil } ? .success : .unavailable
    }

    private static func show(_ finding: Finding) {
        guard let trouble = finding.trouble else {
            Console.say("ok    \(finding.name)")
            return
        }
        Console.say("FAIL  \(finding.name): \(trouble)")
    }

    private static func examine(_ settings: AWSSettings) async -> [Finding] {
        let stack: AWSStack
        do {
            stack = try AWSStack(settings, log: .silent)
        } catch {
            return [Finding(name: "services", trouble: "\(error)")]
        }
        let findings = [
            await finding("database", "Check DATABASE_URL, and run: image-api migrate") {
                try await stack.jobs.check()
            },
            await finding(
                "credentials",
                "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the task a role."
            ) {
                _ = try await stack.credentials.current()
            },
            await finding(
                "queue",
                "Check SQS_QUEUE_URL, AWS_REGION and the permission sqs:GetQueueAttributes."
            ) {
                try await stack.queue.check()
            },
            await finding("bucket", "Check IMAGE_S3_BUCKET, AWS_REGION and the permission s3:ListBucket.") {
                try await stack.images.check()
            },
        ]
        await stack.close()
        return findings
    }

    private static func examineFolder(_ settings: Settings) async -> Finding {
        await finding(
            "folder \(settings.dataDirectory)",
            "Stop the other process, or set DATA_DIR to another folder."
        ) {
            let folder = try await DataFolder.open(
                at: settings.dataDirectory,
                imageBaseURL: settings.http.publicURL
            )
            do {
                try await folder.jobs.check()
                try await folder.queue.check()
                try await folder.images.check()
            } catch {
                try await folder.close()
                throw error
            }
            try await folder.close()
        }
    }

    private static func examineProvider(_ settings: Settings) async -> Finding {
        await finding(
            "provider \(settings.provider.kind.rawValue)",
            "Install the packages that README.md names."
        ) {
            let editor = Composition.editor(settings)
            let black = Color(red: 0, green: 0, blue: 0)
            let dot = Picture(
                size: PixelSize(width: 64, height: 64),
                topLeft: black,
                bottomRight: black,
                discs: [],
                caption: "ok"
            )
            _ = try await editor.draw(dot)
        }
    }

    private static func finding(
        _ name: String,
        _ remedy: String,
        _ check: () async throws -> Void
    ) async -> Finding {
        do {
            try await check()
            return Finding(name: name, trouble: nil)
        } catch {
            return Finding(name: name, trouble: "\(error). \(remedy)")
        }
    }
}
