#pragma once
#include <spawn.h>
/* Hidden by glibc unless _GNU_SOURCE is defined, which a module map cannot do. */
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern int pipe2(int[2], int);
