#pragma once
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

// The part of libmosquitto.so.1 that the project uses (mosquitto.h, libmosquitto(3)). It is declared here and loaded
// with dlopen(3) when it is needed: no build needs its header, and a program without MQTT does not load it.

/// One client, as the library knows it.
struct cmosquitto_client;

struct cmosquitto_message {
    int mid;
    char *topic;
    void *payload;
    int payloadlen;
    int qos;
    bool retain;
};

enum {
    CMOSQUITTO_SUCCESS = 0,
    CMOSQUITTO_NO_CONNECTION = 4,
    CMOSQUITTO_CONNECTION_LOST = 7,
    CMOSQUITTO_TLS = 8,
    CMOSQUITTO_ERRNO = 14,
    CMOSQUITTO_NAME_LOOKUP = 15,
    CMOSQUITTO_KEEPALIVE = 19,
    CMOSQUITTO_TLS_HANDSHAKE = 23,
    CMOSQUITTO_OPTION_SYSTEM_CERTIFICATES = 13,
    CMOSQUITTO_LOG_ERROR = 1 << 3,
};

/// The library's functions. Used by one thread at a time.
struct cmosquitto_functions {
    int (*lib_init)(void);
    struct cmosquitto_client *(*create)(const char *id, bool clean_session, void *context);
    void (*destroy)(struct cmosquitto_client *);
    int (*will_set)(struct cmosquitto_client *, const char *topic, int length, const void *payload, int qos, bool retain);
    int (*username_pw_set)(struct cmosquitto_client *, const char *user, const char *password);
    int (*tls_set)(
        struct cmosquitto_client *, const char *ca_file, const char *ca_path, const char *certificate, const char *key,
        int (*password)(char *, int, int, void *));
    int (*int_option)(struct cmosquitto_client *, int option, int value);
    int (*connect)(struct cmosquitto_client *, const char *host, int port, int keepalive);
    int (*disconnect)(struct cmosquitto_client *);
    int (*publish)(
        struct cmosquitto_client *, int *mid, const char *topic, int length, const void *payload, int qos, bool retain);
    int (*subscribe)(struct cmosquitto_client *, int *mid, const char *pattern, int qos);
    int (*socket)(struct cmosquitto_client *);
    bool (*want_write)(struct cmosquitto_client *);
    int (*loop_read)(struct cmosquitto_client *, int packets);
    int (*loop_write)(struct cmosquitto_client *, int packets);
    int (*loop_misc)(struct cmosquitto_client *);
    const char *(*strerror)(int code);
    void (*connect_callback_set)(
        struct cmosquitto_client *, void (*)(struct cmosquitto_client *, void *context, int code));
    void (*disconnect_callback_set)(
        struct cmosquitto_client *, void (*)(struct cmosquitto_client *, void *context, int code));
    void (*publish_callback_set)(
        struct cmosquitto_client *, void (*)(struct cmosquitto_client *, void *context, int mid));
    void (*message_callback_set)(
        struct cmosquitto_client *,
        void (*)(struct cmosquitto_client *, void *context, const struct cmosquitto_message *));
    void (*log_callback_set)(
        struct cmosquitto_client *, void (*)(struct cmosquitto_client *, void *context, int level, const char *text));
};

/// Loads the library and looks its functions up. Returns NULL, or the loader's words about the problem, which are
/// good until the thread's next call of dlfcn(3).
static inline const char *cmosquitto_load(const char *name, struct cmosquitto_functions *functions) {
    // Never closed: its callbacks and OpenSSL's would be left without code.
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) return dlerror();
    struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"mosquitto_lib_init", &functions->lib_init},
        {"mosquitto_new", &functions->create},
        {"mosquitto_destroy", &functions->destroy},
        {"mosquitto_will_set", &functions->will_set},
        {"mosquitto_username_pw_set", &functions->username_pw_set},
        {"mosquitto_tls_set", &functions->tls_set},
        {"mosquitto_int_option", &functions->int_option},
        {"mosquitto_connect", &functions->connect},
        {"mosquitto_disconnect", &functions->disconnect},
        {"mosquitto_publish", &functions->publish},
        {"mosquitto_subscribe", &functions->subscribe},
        {"mosquitto_socket", &functions->socket},
        {"mosquitto_want_write", &functions->want_write},
        {"mosquitto_loop_read", &functions->loop_read},
        {"mosquitto_loop_write", &functions->loop_write},
        {"mosquitto_loop_misc", &functions->loop_misc},
        {"mosquitto_strerror", &functions->strerror},
        {"mosquitto_connect_callback_set", &functions->connect_callback_set},
        {"mosquitto_disconnect_callback_set", &functions->disconnect_callback_set},
        {"mosquitto_publish_callback_set", &functions->publish_callback_set},
        {"mosquitto_message_callback_set", &functions->message_callback_set},
        {"mosquitto_log_callback_set", &functions->log_callback_set},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (!symbol) return dlerror();
        *(void **)symbols[i].place = symbol;
    }
    return NULL;
}
