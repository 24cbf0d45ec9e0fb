/* The yardstick for `make bench`: what a good C programmer would write to do Strapline's work for one strap.
 *
 *   PULSOID_TOKEN=... uploader STRAP_ADDRESS DATABASE BASE_URL
 *
 * One thread waits for D-Bus and for HTTP at once. A reading is on stable storage before it is sent, is sent in order
 * with one request at a time on a kept connection, and is passed by the cursor once Pulsoid has answered 200. A fault
 * that a restart fixes ends the program (systemd restarts it); a fault of the network is retried. */

#include <curl/curl.h>
#include <dbus/dbus.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLUEZ "org.bluez"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define HEART_RATE_MEASUREMENT "00002a37-0000-1000-8000-00805f9b34fb"

enum {
    CALL_TIMEOUT_MS = 25000,
    CONNECT_TIMEOUT_MS = 60000,   /* BlueZ itself gives up after 20 to 30 s */
    RESOLVE_TIMEOUT_MS = 30000,
    REQUEST_TIMEOUT_S = 10,
    FIRST_RETRY_MS = 500,
    LAST_RETRY_MS = 60000,
    PATH_SIZE = 256,
    BODY_SIZE = 96,
};

typedef struct {
    DBusConnection *bus;
    char device[PATH_SIZE];
    char characteristic[PATH_SIZE];

    sqlite3 *db;
    sqlite3_stmt *begin, *append, *commit, *next, *advance;

    CURLM *multi;
    CURL *request;
    char body[BODY_SIZE];
    sqlite3_int64 in_flight;      /* the reading being sent; 0 for none */
    sqlite3_int64 delivered;      /* the cursor */
    sqlite3_int64 newest;
    int64_t not_before_ms;        /* when the next request may go out (CLOCK_MONOTONIC) */
    int retry_ms;
} Uploader;

static volatile sig_atomic_t stopping;

static void stop(int signal_number) { (void)signal_number; stopping = 1; }

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

static int64_t clock_ms(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- BlueZ ---- */

static DBusMessage *call(DBusConnection *bus, DBusMessage *message, int timeout_ms) {
    DBusError error = DBUS_ERROR_INIT;
    DBusMessage *reply = dbus_connection_send_with_reply_and_block(bus, message, timeout_ms, &error);
    if (!reply) die("%s: %s: %s", dbus_message_get_member(message), error.name, error.message);
    dbus_message_unref(message);
    return reply;
}

static DBusMessage *method(const char *path, const char *interface, const char *member) {
    DBusMessage *message = dbus_message_new_method_call(BLUEZ, path, interface, member);
    if (!message) die("out of memory");
    return message;
}

/* Enters the variant of the property `name` in the a{sv} at `properties`; false where there is none. */
static int property(DBusMessageIter *properties, const char *name, DBusMessageIter *value) {
    DBusMessageIter entries, entry;
    dbus_message_iter_recurse(properties, &entries);
    for (; dbus_message_iter_get_arg_type(&entries) == DBUS_TYPE_DICT_ENTRY; dbus_message_iter_next(&entries)) {
        const char *key;
        dbus_message_iter_recurse(&entries, &entry);
        dbus_message_iter_get_basic(&entry, &key);
        if (strcmp(key, name) != 0) continue;
        dbus_message_iter_next(&entry);
        dbus_message_iter_recurse(&entry, value);
        return 1;
    }
    return 0;
}

/* Finds the object below `below` whose `interface` has the string property `name` equal to `wanted`. */
static int find_object(DBusConnection *bus, const char *below, const char *interface, const char *name,
                       const char *wanted, char path[PATH_SIZE]) {
    DBusMessage *reply = call(bus, method("/", OBJECT_MANAGER, "GetManagedObjects"), CALL_TIMEOUT_MS);
    DBusMessageIter reply_iter, objects, object, interfaces, entry, value;
    int found = 0;
    dbus_message_iter_init(reply, &reply_iter);
    dbus_message_iter_recurse(&reply_iter, &objects);
    for (; !found && dbus_message_iter_get_arg_type(&objects) == DBUS_TYPE_DICT_ENTRY;
         dbus_message_iter_next(&objects)) {
        const char *object_path, *interface_name, *text;
        dbus_message_iter_recurse(&objects, &object);
        dbus_message_iter_get_basic(&object, &object_path);
        if (strncmp(object_path, below, strlen(below)) != 0) continue;
        dbus_message_iter_next(&object);
        dbus_message_iter_recurse(&object, &interfaces);
        for (; dbus_message_iter_get_arg_type(&interfaces) == DBUS_TYPE_DICT_ENTRY;
             dbus_message_iter_next(&interfaces)) {
            dbus_message_iter_recurse(&interfaces, &entry);
            dbus_message_iter_get_basic(&entry, &interface_name);
            if (strcmp(interface_name, interface) != 0) continue;
            dbus_message_iter_next(&entry);
            if (!property(&entry, name, &value)) continue;
            dbus_message_iter_get_basic(&value, &text);
            if (strcasecmp(text, wanted) != 0) continue;
            snprintf(path, PATH_SIZE, "%s", object_path);
            found = 1;
        }
    }
    dbus_message_unref(reply);
    return found;
}

static int device_flag(Uploader *u, const char *name) {
    const char *interface = "org.bluez.Device1";
    DBusMessage *get = method(u->device, PROPERTIES, "Get");
    dbus_message_append_args(get, DBUS_TYPE_STRING, &interface, DBUS_TYPE_STRING, &name, DBUS_TYPE_INVALID);
    DBusMessage *reply = call(u->bus, get, CALL_TIMEOUT_MS);
    DBusMessageIter iter, value;
    dbus_bool_t flag;
    dbus_message_iter_init(reply, &iter);
    dbus_message_iter_recurse(&iter, &value);
    dbus_message_iter_get_basic(&value, &flag);
    dbus_message_unref(reply);
    return flag;
}

/* Connects the strap, waits for its services, and asks for its notifications. */
static void subscribe(Uploader *u, const char *address) {
    char rule[PATH_SIZE + 128];
    DBusError error = DBUS_ERROR_INIT;
    if (!find_object(u->bus, "/org/bluez/", "org.bluez.Device1", "Address", address, u->device))
        die("BlueZ does not know the strap %s: pair it, or scan for it, with bluetoothctl", address);
    snprintf(rule, sizeof rule, "type='signal',sender='" BLUEZ "',interface='" PROPERTIES
             "',member='PropertiesChanged',path_namespace='%s'", u->device);
    dbus_bus_add_match(u->bus, rule, &error);
    if (dbus_error_is_set(&error)) die("AddMatch: %s", error.message);

    if (!device_flag(u, "Connected"))
        dbus_message_unref(call(u->bus, method(u->device, "org.bluez.Device1", "Connect"), CONNECT_TIMEOUT_MS));
    int64_t deadline = clock_ms(CLOCK_MONOTONIC) + RESOLVE_TIMEOUT_MS;
    while (!device_flag(u, "ServicesResolved")) {
        if (clock_ms(CLOCK_MONOTONIC) > deadline) die("the services of %s were not resolved in time", address);
        dbus_connection_read_write(u->bus, 100);
        DBusMessage *message;
        while ((message = dbus_connection_pop_message(u->bus))) dbus_message_unref(message);
    }
    if (!find_object(u->bus, u->device, "org.bluez.GattCharacteristic1", "UUID", HEART_RATE_MEASUREMENT,
                     u->characteristic))
        die("%s has no heart rate measurement", address);
    dbus_message_unref(
        call(u->bus, method(u->characteristic, "org.bluez.GattCharacteristic1", "StartNotify"), CALL_TIMEOUT_MS));
}

/* ---- The queue ---- */

static void execute(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) die("%s: %s", sql, sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        die("%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

static void run(Uploader *u, sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) die("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(u->db));
    sqlite3_reset(statement);
}

static sqlite3_int64 number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = prepare(db, sql);
    sqlite3_int64 value = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return value;
}

/* Whether commits are on stable storage when they return. Readings are; the cursor need not be, for a power cut that
 * takes it back only has the last readings sent twice. SQLite obeys this pragma when it is prepared, so it cannot be. */
static void sync_commits(Uploader *u, int synced) {
    execute(u->db, synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

static void open_queue(Uploader *u, const char *path) {
    if (sqlite3_open(path, &u->db) != SQLITE_OK) die("%s: %s", path, sqlite3_errmsg(u->db));
    execute(u->db, "PRAGMA journal_mode = WAL;"
                   "CREATE TABLE IF NOT EXISTS readings("
                   "  id INTEGER PRIMARY KEY AUTOINCREMENT, measured_at_ms INTEGER NOT NULL, packet BLOB NOT NULL,"
                   "  heart_rate INTEGER);"
                   "CREATE TABLE IF NOT EXISTS cursor(delivered INTEGER NOT NULL);"
                   "INSERT INTO cursor SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM cursor);");
    u->begin = prepare(u->db, "BEGIN IMMEDIATE");
    u->commit = prepare(u->db, "COMMIT");
    u->append = prepare(u->db, "INSERT INTO readings(measured_at_ms, packet, heart_rate) VALUES (?, ?, ?)");
    u->next = prepare(u->db, "SELECT id, measured_at_ms, heart_rate FROM readings"
                             " WHERE id > ? AND heart_rate > 0 ORDER BY id LIMIT 1");
    u->advance = prepare(u->db, "UPDATE cursor SET delivered = ?");
    u->delivered = number(u->db, "SELECT delivered FROM cursor");
    u->newest = number(u->db, "SELECT max(id) FROM readings");
}

/* The rate in a Heart Rate Measurement (Heart Rate Service 1.0, 3.1); -1 where the packet is cut short. Zero stands
 * for no heart rate: the strap says that it has no contact with the skin. */
static int heart_rate(const uint8_t *packet, int length) {
    if (length < 2) return -1;
    int flags = packet[0], contact_denied = (flags & 0x06) == 0x04;
    if ((flags & 0x01) && length < 3) return -1;
    int rate = flags & 0x01 ? packet[1] | packet[2] << 8 : packet[1];
    return contact_denied ? 0 : rate;
}

static void append(Uploader *u, const uint8_t *packet, int length) {
    int rate = heart_rate(packet, length);
    if (rate < 0) {
        fprintf(stderr, "skipped a packet of %d bytes\n", length);
        return;
    }
    if (sqlite3_get_autocommit(u->db)) {
        sync_commits(u, 1);
        run(u, u->begin);
    }
    sqlite3_bind_int64(u->append, 1, clock_ms(CLOCK_REALTIME));
    sqlite3_bind_blob(u->append, 2, packet, length, SQLITE_TRANSIENT);
    sqlite3_bind_int(u->append, 3, rate);
    run(u, u->append);
    u->newest = sqlite3_last_insert_rowid(u->db);
}

static void handle_signal(Uploader *u, DBusMessage *message) {
    DBusMessageIter iter, value, bytes;
    const char *interface;
    if (!dbus_message_has_signature(message, "sa{sv}as")) return;
    dbus_message_iter_init(message, &iter);
    dbus_message_iter_get_basic(&iter, &interface);
    dbus_message_iter_next(&iter);
    if (dbus_message_has_path(message, u->characteristic) && property(&iter, "Value", &value)) {
        const uint8_t *packet;
        int length;
        dbus_message_iter_recurse(&value, &bytes);
        dbus_message_iter_get_fixed_array(&bytes, &packet, &length);
        append(u, packet, length);
    } else if (dbus_message_has_path(message, u->device) && property(&iter, "Connected", &value)) {
        dbus_bool_t connected;
        dbus_message_iter_get_basic(&value, &connected);
        if (!connected) die("the strap has disconnected");
    }
}

/* Takes everything that has arrived into one transaction, which is on stable storage when this returns. */
static void receive(Uploader *u) {
    DBusMessage *message;
    if (!dbus_connection_read_write(u->bus, 0)) die("the connection to the bus was lost");
    while ((message = dbus_connection_pop_message(u->bus))) {
        if (dbus_message_is_signal(message, PROPERTIES, "PropertiesChanged")) handle_signal(u, message);
        dbus_message_unref(message);
    }
    if (!sqlite3_get_autocommit(u->db)) run(u, u->commit);
}

/* ---- Pulsoid ---- */

static size_t discard(char *data, size_t size, size_t count, void *context) {
    (void)data, (void)context;
    return size * count;
}

static void open_client(Uploader *u, const char *base_url, const char *token) {
    char url[512], authorization[512];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    u->multi = curl_multi_init();
    u->request = curl_easy_init();
    snprintf(url, sizeof url, "%s/api/v1/data", base_url);
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", token);
    struct curl_slist *headers = curl_slist_append(NULL, authorization);
    headers = curl_slist_append(headers, "Content-Type: application/json");
    curl_easy_setopt(u->request, CURLOPT_URL, url);
    curl_easy_setopt(u->request, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(u->request, CURLOPT_TIMEOUT, (long)REQUEST_TIMEOUT_S);
    curl_easy_setopt(u->request, CURLOPT_POSTFIELDS, u->body);
    curl_easy_setopt(u->request, CURLOPT_WRITEFUNCTION, discard);
}

static void send_next(Uploader *u) {
    sqlite3_bind_int64(u->next, 1, u->delivered);
    if (sqlite3_step(u->next) == SQLITE_ROW) {
        u->in_flight = sqlite3_column_int64(u->next, 0);
        int length = snprintf(u->body, sizeof u->body, "{\"measured_at\":%lld,\"data\":{\"heart_rate\":%d}}",
                              (long long)sqlite3_column_int64(u->next, 1), sqlite3_column_int(u->next, 2));
        curl_easy_setopt(u->request, CURLOPT_POSTFIELDSIZE, (long)length);
        curl_multi_add_handle(u->multi, u->request);
    } else {
        u->delivered = u->newest;   /* the rest has no heart rate */
    }
    sqlite3_reset(u->next);
}

static void settle(Uploader *u, CURLcode result) {
    long status = 0;
    curl_easy_getinfo(u->request, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(u->multi, u->request);
    if (result == CURLE_OK && status == 200) {
        u->delivered = u->in_flight;
        u->retry_ms = FIRST_RETRY_MS;
        sync_commits(u, 0);
        sqlite3_bind_int64(u->advance, 1, u->delivered);
        run(u, u->advance);
    } else {
        if (status == 401 || status == 403) die("Pulsoid does not take the token (%ld)", status);
        fprintf(stderr, "Pulsoid: %s, status %ld; again in %d ms\n", curl_easy_strerror(result), status, u->retry_ms);
        u->not_before_ms = clock_ms(CLOCK_MONOTONIC) + u->retry_ms;
        u->retry_ms = u->retry_ms * 2 > LAST_RETRY_MS ? LAST_RETRY_MS : u->retry_ms * 2;
    }
    u->in_flight = 0;
}

/* Moves requests on; sends the next reading where none is under way. */
static void deliver(Uploader *u) {
    CURLMsg *message;
    int running, left;
    do {
        curl_multi_perform(u->multi, &running);
        while ((message = curl_multi_info_read(u->multi, &left)))
            if (message->msg == CURLMSG_DONE) settle(u, message->data.result);
        if (u->in_flight || u->delivered >= u->newest || clock_ms(CLOCK_MONOTONIC) < u->not_before_ms) return;
        send_next(u);
    } while (u->in_flight);
}

int main(int argc, char **argv) {
    const char *token = getenv("PULSOID_TOKEN");
    Uploader u = {.retry_ms = FIRST_RETRY_MS};
    DBusError error = DBUS_ERROR_INIT;
    struct curl_waitfd bus_fd = {.events = CURL_WAIT_POLLIN};
    struct sigaction action = {.sa_handler = stop};

    if (argc != 4 || !token) die("usage: PULSOID_TOKEN=... %s STRAP_ADDRESS DATABASE BASE_URL", argv[0]);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    open_queue(&u, argv[2]);
    open_client(&u, argv[3], token);
    if (!(u.bus = dbus_bus_get(DBUS_BUS_SYSTEM, &error))) die("%s: %s", error.name, error.message);
    subscribe(&u, argv[1]);
    dbus_connection_get_unix_fd(u.bus, &bus_fd.fd);

    while (!stopping) {
        receive(&u);
        deliver(&u);
        curl_multi_poll(u.multi, &bus_fd, 1, 1000, NULL);
    }
    sqlite3_close_v2(u.db);
    return EXIT_SUCCESS;
}
