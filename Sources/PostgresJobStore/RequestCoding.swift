import FoundationEssentials
import ImageJobs

/// Turns requests into the JSON of their rows and back.
enum RequestCoding {
    static func encode(_ request: ImageRequest) throws(JobStoreError) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
        } catch {
            // Its text could quote the request.
            throw .rejected(reason: "a request cannot be written as JSON")
        }
    }

    static func decode(_ text: String) -> ImageRequest? {
        do {
            return try JSONDecoder().decode(ImageRequest.self, from: Data(text.utf8))
        } catch {
            // The caller reports it with what it knows; this error's text could quote the request.
            return nil
        }
    }
}
