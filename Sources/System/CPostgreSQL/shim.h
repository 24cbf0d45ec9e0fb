#pragma once
#include <dlfcn.h>
#include <stddef.h>

// The part of libpq.so.5 that the project uses (libpq-fe.h of PostgreSQL, chapter "libpq" of its manual). It is declared
// here and loaded with dlopen(3) when it is needed: no build needs its header, and a hub on SQLite does not load it.

/// One connection, as the library knows it.
struct cpostgres_connection;
/// The answer to one statement, or a notice.
struct cpostgres_result;

/// PGnotify; private fields follow.
struct cpostgres_notification {
    char *channel;
    int process_id;
    char *payload;
};

enum {
    CPOSTGRES_CONNECTION_OK = 0,
    CPOSTGRES_CONNECTION_BAD = 1,
    CPOSTGRES_POLLING_FAILED = 0,
    CPOSTGRES_POLLING_READING = 1,
    CPOSTGRES_POLLING_WRITING = 2,
    CPOSTGRES_POLLING_OK = 3,
    CPOSTGRES_EMPTY_QUERY = 0,
    CPOSTGRES_COMMAND_OK = 1,
    CPOSTGRES_ROWS_OK = 2,
    CPOSTGRES_TRANSACTION_IDLE = 0,
    CPOSTGRES_TRANSACTION_OPEN = 2,
    CPOSTGRES_FIELD_SEVERITY = 'V',
    CPOSTGRES_FIELD_SQLSTATE = 'C',
    CPOSTGRES_FIELD_MESSAGE = 'M',
    CPOSTGRES_ERRORS_DEFAULT = 1,
    CPOSTGRES_ERRORS_VERBOSE = 2,
};

/// The library's functions. A connection is used by one thread at a time.
struct cpostgres_functions {
    struct cpostgres_connection *(*connect_start)(
        const char *const *keywords, const char *const *values, int expand_database);
    int (*connect_poll)(struct cpostgres_connection *);
    void (*finish)(struct cpostgres_connection *);
    int (*status)(const struct cpostgres_connection *);
    int (*transaction_status)(const struct cpostgres_connection *);
    int (*socket)(const struct cpostgres_connection *);
    char *(*error_message)(const struct cpostgres_connection *);
    int (*set_error_verbosity)(struct cpostgres_connection *, int verbosity);
    int (*server_version)(const struct cpostgres_connection *);
    int (*set_nonblocking)(struct cpostgres_connection *, int is_nonblocking);
    int (*send_query)(struct cpostgres_connection *, const char *text);
    int (*send_query_params)(
        struct cpostgres_connection *, const char *text, int count, const unsigned *types, const char *const *values,
        const int *lengths, const int *formats, int result_format);
    int (*send_prepare)(
        struct cpostgres_connection *, const char *name, const char *text, int count, const unsigned *types);
    int (*send_query_prepared)(
        struct cpostgres_connection *, const char *name, int count, const char *const *values, const int *lengths,
        const int *formats, int result_format);
    int (*flush)(struct cpostgres_connection *);
    int (*consume_input)(struct cpostgres_connection *);
    int (*is_busy)(struct cpostgres_connection *);
    struct cpostgres_result *(*get_result)(struct cpostgres_connection *);
    int (*result_status)(const struct cpostgres_result *);
    char *(*result_error_field)(const struct cpostgres_result *, int field);
    char *(*result_error_message)(const struct cpostgres_result *);
    int (*row_count)(const struct cpostgres_result *);
    int (*column_count)(const struct cpostgres_result *);
    char *(*column_name)(const struct cpostgres_result *, int column);
    unsigned (*column_type)(const struct cpostgres_result *, int column);
    char *(*value)(const struct cpostgres_result *, int row, int column);
    int (*length)(const struct cpostgres_result *, int row, int column);
    int (*is_null)(const struct cpostgres_result *, int row, int column);
    char *(*changed_rows)(struct cpostgres_result *);
    void (*clear)(struct cpostgres_result *);
    struct cpostgres_notification *(*notifies)(struct cpostgres_connection *);
    void (*free_memory)(void *);
    void (*(*set_notice_receiver)(
        struct cpostgres_connection *, void (*)(void *context, const struct cpostgres_result *), void *context))(
        void *, const struct cpostgres_result *);
};

/// Loads the library and looks its functions up. Returns NULL, or the loader's words about the problem, which are
/// good until the thread's next call of dlfcn(3).
static inline const char *cpostgres_load(const char *name, struct cpostgres_functions *functions) {
    // Never closed: OpenSSL's callbacks would be left without code.
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) return dlerror();
    struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"PQconnectStartParams", &functions->connect_start},
        {"PQconnectPoll", &functions->connect_poll},
        {"PQfinish", &functions->finish},
        {"PQstatus", &functions->status},
        {"PQtransactionStatus", &functions->transaction_status},
        {"PQsocket", &functions->socket},
        {"PQerrorMessage", &functions->error_message},
        {"PQsetErrorVerbosity", &functions->set_error_verbosity},
        {"PQserverVersion", &functions->server_version},
        {"PQsetnonblocking", &functions->set_nonblocking},
        {"PQsendQuery", &functions->send_query},
        {"PQsendQueryParams", &functions->send_query_params},
        {"PQsendPrepare", &functions->send_prepare},
        {"PQsendQueryPrepared", &functions->send_query_prepared},
        {"PQflush", &functions->flush},
        {"PQconsumeInput", &functions->consume_input},
        {"PQisBusy", &functions->is_busy},
        {"PQgetResult", &functions->get_result},
        {"PQresultStatus", &functions->result_status},
        {"PQresultErrorField", &functions->result_error_field},
        {"PQresultErrorMessage", &functions->result_error_message},
        {"PQntuples", &functions->row_count},
        {"PQnfields", &functions->column_count},
        {"PQfname", &functions->column_name},
        {"PQftype", &functions->column_type},
        {"PQgetvalue", &functions->value},
        {"PQgetlength", &functions->length},
        {"PQgetisnull", &functions->is_null},
        {"PQcmdTuples", &functions->changed_rows},
        {"PQclear", &functions->clear},
        {"PQnotifies", &functions->notifies},
        {"PQfreemem", &functions->free_memory},
        {"PQsetNoticeReceiver", &functions->set_notice_receiver},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (!symbol) return dlerror();
        *(void **)symbols[i].place = symbol;
    }
    return NULL;
}
