import Glibc

/// How many files and sockets this process may have open.
enum DescriptorLimit {
    /// Kept free for the database, images and libraries: clients must never take what a job needs.
    private static let reserve = 128

    /// Raises the limit as far as the system lets it, and says how many connections of the wanted ones fit.
    static func connections(wanted: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return wanted }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if unsafe setrlimit(resource, &raised) == 0 { limit = raised }
        return connections(wanted: wanted, descriptors: Int(clamping: limit.rlim_cur))
    }

    /// Where the reserve would leave less than half, half is for connections.
    static func connections(wanted: Int, descriptors: Int) -> Int {
        max(1, min(wanted, max(descriptors - reserve, descriptors / 2)))
    }
}
