// Says how Boost.Beast frames requests, for the differential test of the server's parser.
//
// Input: messages, each after its length as a 32-bit little-endian integer. Output: a line for each:
// "complete <octets used> <octets of body> <sum of the body's octets>", "more", or "refused".
#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>

namespace http = boost::beast::http;

static void judge(const std::string &message, std::ostream &out) {
    http::request_parser<http::string_body> parser;
    parser.eager(true);
    parser.header_limit(1 << 20);
    parser.body_limit(std::uint64_t(1) << 60);
    boost::system::error_code error;
    std::size_t used = 0;
    while (!parser.is_done() && used < message.size()) {
        std::size_t count = parser.put(boost::asio::buffer(message.data() + used, message.size() - used), error);
        used += count;
        if (error && error != http::error::need_more) {
            out << "refused\n";
            return;
        }
        if (count == 0) break;
        error = {};
    }
    if (!parser.is_done()) {
        out << "more\n";
        return;
    }
    const std::string &body = parser.get().body();
    unsigned long sum = 0;
    for (unsigned char octet : body) sum = (sum * 31 + octet) & 0xFFFFFFFF;
    out << "complete " << used << ' ' << body.size() << ' ' << sum << '\n';
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    std::ifstream in(arguments[1], std::ios::binary);
    std::ofstream out(arguments[2], std::ios::binary);
    unsigned char prefix[4];
    std::string message;
    while (in.read(reinterpret_cast<char *>(prefix), 4)) {
        message.resize(prefix[0] | prefix[1] << 8 | prefix[2] << 16 | std::uint32_t(prefix[3]) << 24);
        if (!in.read(&message[0], std::streamsize(message.size()))) return 1;
        judge(message, out);
    }
    return out.good() ? 0 : 1;
}
