import HTTPMessages

/// The head of a request, checked, and what it says about the message around it.
struct RequestHead {
    /// How the end of the body is found.
    enum Framing: Equatable {
        case length(Int)
        case chunked
    }

    var method = HTTPMethod.get
    var path = ""
    var query: String?
    var fields = HTTPFields()
    var framing = Framing.length(0)
    var isVersion10 = false
    /// Whether the client wants the connection kept open.
    var keepsAlive = true
    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue = false
}
