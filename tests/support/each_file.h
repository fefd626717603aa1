/*
 * each_file.h - the files of a folder.
 */
#ifndef TCPCONN_EACH_FILE_H
#define TCPCONN_EACH_FILE_H

/*
 * Give take() each file in and below a folder of the source; none where there
 * is no such folder.
 */
void each_file(const char *folder, void (*take)(const char *path));

#endif
