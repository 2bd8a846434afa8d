import CSpawn
import Glibc

extension ChildProcess {
    /// What `posix_spawn` is to do between this program and the next, in this order.
    @safe
    final class Spawning {
        private var actions: posix_spawn_file_actions_t
        private var attributes: posix_spawnattr_t

        init() throws {
            unsafe actions = unsafe posix_spawn_file_actions_t()
            attributes = posix_spawnattr_t()
            // Neither fails on Linux but for want of memory.
            try check(unsafe posix_spawn_file_actions_init(&actions), "preparing files")
            try check(unsafe posix_spawnattr_init(&attributes), "preparing attributes")
            // The thread that starts the program may block or ignore signals; the program begins without.
            var signals = sigset_t()
            unsafe sigemptyset(&signals)
            try check(unsafe posix_spawnattr_setsigmask(&attributes, &signals), "unblocking signals")
            unsafe sigfillset(&signals)
            try check(unsafe posix_spawnattr_setsigdefault(&attributes, &signals), "resetting signals")
            let flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
            try check(unsafe posix_spawnattr_setflags(&attributes, flags), "setting flags")
        }

        deinit {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }

        func open(_ path: String, as target: Int32, _ flags: Int32) throws {
            try check(
                unsafe posix_spawn_file_actions_addopen(&actions, target, path, flags, 0),
                "opening \(path)"
            )
        }

        func copy(_ descriptor: Int32, as target: Int32) throws {
            try check(
                unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, target),
                "copying descriptor \(descriptor)"
            )
        }

        func enter(_ folder: String) throws {
            try check(unsafe posix_spawn_file_actions_addchdir_np(&actions, folder), "entering \(folder)")
        }

        /// Starts the program that the first word names; returns the number of the process.
        func start(_ words: [String], _ environment: [String]) throws -> Int32 {
            try check(unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3), "closing the rest")
            // Copies, since the texts may move; `nil` ends each list.
            let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
            let variables = unsafe environment.map { unsafe strdup($0) } + [nil]
            let copies = unsafe arguments + variables
            defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
            var processID: Int32 = 0
            let code = unsafe posix_spawnp(
                &processID,
                words[0],
                &actions,
                &attributes,
                arguments,
                variables
            )
            try check(code, "starting \(words[0])")
            return processID
        }

        private func check(_ code: Int32, _ step: String) throws {
            guard code == 0 else { throw Failure(step, code) }
        }
    }
}

extension ChildProcess.Spawning {
    /// A pipe whose ends no program inherits.
    static func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw ChildProcess.Failure("making a pipe", errno) }
        return (ends[0], ends[1])
    }

    /// Blocks until the child has ended, and leaves it to be reaped.
    static func waitForEnd(of processID: Int32) {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    }

    /// The status of a child that has ended; killed by a signal, the negative of its number.
    static func reap(_ processID: Int32) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) != processID {
            precondition(errno == EINTR, "somebody else has reaped process \(processID)")
        }
        // The lowest seven bits are the signal, the next byte the status.
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : -signal
    }
}
