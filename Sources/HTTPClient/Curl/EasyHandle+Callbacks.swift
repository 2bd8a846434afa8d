import CCurl
import Glibc

// What curl calls while it performs a transfer, on the driver's thread. `context` is the `Transfer`, which the
// driver keeps alive until the handle is removed.

extension EasyHandle {
    func setCallbacks(_ transfer: Transfer) throws(TransferFault) {
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        try check(unsafe curl_easy_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHeadLine))
        try check(unsafe curl_easy_set_pointer(handle, CURLOPT_HEADERDATA, context))
        try check(unsafe curl_easy_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody))
        try check(unsafe curl_easy_set_pointer(handle, CURLOPT_WRITEDATA, context))
        try check(unsafe curl_easy_set_reader(handle, readBody))
        try check(unsafe curl_easy_set_pointer(handle, CURLOPT_READDATA, context))
        try check(unsafe curl_easy_set_seeker(handle, seekBody))
        try check(unsafe curl_easy_set_pointer(handle, CURLOPT_SEEKDATA, context))
        try check(unsafe curl_easy_set_socket_opener(handle, openSocket))
        try check(unsafe curl_easy_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context))
        try check(unsafe curl_easy_set_before_request(handle, beforeRequest))
        try check(unsafe curl_easy_set_pointer(handle, CURLOPT_PREREQDATA, context))
    }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    unsafe context.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

/// A count other than the one given makes curl stop.
private let stopped = 0

private let receiveHeadLine: curl_write_callback = { bytes, size, count, context in
    let line = unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: size * count))
    guard let transfer = unsafe transfer(context), transfer.receive(headLine: line) else { return stopped }
    return line.count
}

private let receiveBody: curl_write_callback = { bytes, size, count, context in
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    // An empty piece is answered with its own count, which is not an error.
    guard let transfer = unsafe transfer(context), unsafe transfer.receive(bodyPiece: piece) else {
        return stopped
    }
    return piece.count
}

private let readBody: curl_read_callback = { bytes, size, count, context in
    let room = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
    guard let transfer = unsafe transfer(context) else { return Int(CURL_READFUNC_ABORT) }
    return unsafe transfer.copyBody(to: room)
}

private let seekBody: curl_seek_callback = { context, offset, origin in
    guard origin == SEEK_SET, let transfer = unsafe transfer(context), transfer.rewindBody(to: Int(offset))
    else { return CURL_SEEKFUNC_FAIL }
    return CURL_SEEKFUNC_OK
}

private let beforeRequest: curl_prereq_callback = { context, _, _, _, _ in
    guard let transfer = unsafe transfer(context), transfer.maySend() else { return CURL_PREREQFUNC_ABORT }
    return CURL_PREREQFUNC_OK
}

/// Opens the socket for an address that the policy allows.
///
/// The address is the resolved one that curl connects to next, so there is no moment between the check and
/// the use.
private let openSocket: curl_opensocket_callback = { context, _, address in
    let refused = curl_socket_t(-1)  // CURL_SOCKET_BAD
    guard let transfer = unsafe transfer(context), let address = unsafe address else { return refused }
    let (ip, port) = unsafe endpoint(address)
    guard transfer.mayConnect(to: ip, port: port) else { return refused }
    let type = unsafe address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return unsafe socket(address.pointee.family, type, address.pointee.protocol)
}

/// The address and port in curl's socket address; nil for anything but IPv4 and IPv6.
private func endpoint(_ address: UnsafeMutablePointer<curl_sockaddr>) -> (IPAddress?, UInt16) {
    // `addr` is declared as the smallest socket address; curl fills in `addrlen` bytes of the real one.
    let bytes = unsafe UnsafeRawBufferPointer(
        start: UnsafeRawPointer(address).advanced(by: MemoryLayout.offset(of: \curl_sockaddr.addr) ?? 0),
        count: Int(address.pointee.addrlen)
    )
    switch unsafe (address.pointee.family, bytes.count) {
    case (AF_INET, MemoryLayout<sockaddr_in>.size...):
        let v4 = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
        return (.v4(UInt32(bigEndian: v4.sin_addr.s_addr)), UInt16(bigEndian: v4.sin_port))
    case (AF_INET6, MemoryLayout<sockaddr_in6>.size...):
        let v6 = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
        let ip = unsafe withUnsafeBytes(of: v6.sin6_addr) { unsafe IPAddress(networkBytes: $0) }
        return (ip, UInt16(bigEndian: v6.sin6_port))
    default:
        return (nil, 0)
    }
}
