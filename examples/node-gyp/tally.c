#include <node_api.h>

/* How many times a byte occurs in a buffer. */
static napi_value Count(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  if (napi_get_cb_info(env, info, &argc, argv, NULL, NULL) != napi_ok || argc != 2) return NULL;

  void *data;
  size_t length;
  uint32_t wanted;
  if (napi_get_buffer_info(env, argv[0], &data, &length) != napi_ok ||
      napi_get_value_uint32(env, argv[1], &wanted) != napi_ok) {
    napi_throw_type_error(env, NULL, "count takes a buffer and a byte");
    return NULL;
  }
  uint32_t count = 0;
  for (size_t index = 0; index < length; index++) count += ((unsigned char *)data)[index] == wanted;

  napi_value result;
  return napi_create_uint32(env, count, &result) == napi_ok ? result : NULL;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "count", NAPI_AUTO_LENGTH, Count, NULL, &function) == napi_ok)
    napi_set_named_property(env, exports, "count", function);
  return exports;
}
