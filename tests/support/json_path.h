/*
 * json_path.h - look into parsed JSON by paths such as "events.0.kind".
 */
#ifndef TCPCONN_JSON_PATH_H
#define TCPCONN_JSON_PATH_H

#include <cjson/cJSON.h>

/* Parse text or stop the test. The caller's, for cJSON_Delete(). */
cJSON *json_parse(const char *text);

/* Borrowed; NULL when there is none. Keys must not hold a point. */
const cJSON *json_at(const cJSON *root, const char *path);

/* What stands at path, printed compactly, is want. */
void assert_json(const cJSON *root, const char *path, const char *want);

#endif
