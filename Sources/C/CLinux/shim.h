#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
/* Hidden by glibc unless _GNU_SOURCE is defined, which a module map cannot do. */
extern int accept4(int, struct sockaddr *, socklen_t *, int);
