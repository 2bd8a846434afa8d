#pragma once
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The field codes are character constants, which Swift does not import. */
static inline char *imageapi_pq_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}
static inline char *imageapi_pq_severity(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}
static inline char *imageapi_pq_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}
static inline char *imageapi_pq_constraint(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

static inline void imageapi_pq_ignore_notice(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}
/* Without a receiver libpq prints notices on standard error. */
static inline void imageapi_pq_ignore_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, imageapi_pq_ignore_notice, NULL);
}
