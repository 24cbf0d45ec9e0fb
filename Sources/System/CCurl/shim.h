#pragma once
// Its checks are macros around the functions, for callers in C.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// libcurl's functions for options are variadic, which Swift does not import: one function for each type of value.

static inline CURLcode ccurl_set_long(CURL *transfer, CURLoption option, long value) {
    return curl_easy_setopt(transfer, option, value);
}

static inline CURLcode ccurl_set_size(CURL *transfer, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(transfer, option, value);
}

static inline CURLcode ccurl_set_string(CURL *transfer, CURLoption option, const char *value) {
    return curl_easy_setopt(transfer, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *transfer, CURLoption option, void *value) {
    return curl_easy_setopt(transfer, option, value);
}

static inline CURLcode ccurl_set_write_function(CURL *transfer, CURLoption option, curl_write_callback value) {
    return curl_easy_setopt(transfer, option, value);
}

static inline CURLcode ccurl_set_blob(CURL *transfer, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(transfer, option, &blob);
}

static inline CURLcode ccurl_get_string(CURL *transfer, CURLINFO info, const char **value) {
    return curl_easy_getinfo(transfer, info, value);
}

static inline CURLcode ccurl_get_long(CURL *transfer, CURLINFO info, long *value) {
    return curl_easy_getinfo(transfer, info, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode ccurl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode ccurl_multi_set_socket_function(CURLM *multi, curl_socket_callback value) {
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value);
}

static inline CURLMcode ccurl_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback value) {
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value);
}

/// The code of a message that says that a transfer is done; Swift does not import the union that it is in.
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}
