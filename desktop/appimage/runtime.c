/*
 * What an .AppImage of Directory Connector begins with: a program without needs of its own that shows the file system
 * behind it (squashfs, zstd) as a folder and starts the program in there.
 *
 *   --appimage-version            says what this is
 *   --appimage-offset             where the file system begins
 *   --appimage-extract            unpacks it to ./squashfs-root and starts nothing
 *   --appimage-extract-and-run    unpacks it to a temporary folder instead of mounting it; so does the variable
 *                                 APPIMAGE_EXTRACT_AND_RUN, and so does a system that does not let it mount
 *   --appimage-mount              mounts it, says where, and waits
 *
 * The program in there finds APPIMAGE (this file), APPDIR (the folder), OWD (where it was started) and ARGV0.
 * Built and joined to its file system by tools/package/appimage.ts. Its own licence is the project's; it is linked with
 * squashfuse (BSD), libfuse and the C library (LGPL; this source and those libraries make another one), zstd, lz4 and zlib.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <squashfuse/config.h>
#include <squashfuse/ll.h>
#include <squashfuse/squashfuse.h>

/* In the library, but in none of its headers. */
sqfs_err sqfs_stat(sqfs *fs, sqfs_inode *inode, struct stat *st);

enum { PATH_LENGTH = 4096, FAILED = 127 };

static char own_file[PATH_LENGTH];
static size_t image_offset;

static int complain(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return FAILED;
}

/* The file system was written behind the end of this program, which is where its section headers end. */
static bool find_image(void) {
  ssize_t length = readlink("/proc/self/exe", own_file, sizeof own_file - 1);
  if (length < 0) return false;
  own_file[length] = 0;
  Elf64_Ehdr header;
  int file = open(own_file, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool whole = read(file, &header, sizeof header) == sizeof header;
  close(file);
  image_offset = header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
  return whole;
}

/* mkdtemp below TMPDIR; only this user may enter it. */
static bool make_folder(char *path, size_t size, const char *name) {
  const char *base = getenv("TMPDIR");
  int length = snprintf(path, size, "%s/%s_XXXXXX", base && *base ? base : "/tmp", name);
  if (length < 0 || (size_t)length >= size) {
    errno = ENAMETOOLONG;
    return false;
  }
  return mkdtemp(path) != NULL;
}

/* ---- Unpacking ---- */

static bool write_file(sqfs *fs, sqfs_inode *inode, const struct stat *st, const char *path) {
  static char buffer[1 << 20];
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, st->st_mode & 0777);
  if (file < 0) return false;
  bool good = true;
  for (sqfs_off_t at = 0; good && at < st->st_size;) {
    sqfs_off_t count = sizeof buffer;
    good = sqfs_read_range(fs, inode, at, &count, buffer) == SQFS_OK && count > 0 && write(file, buffer, count) == count;
    at += count;
  }
  return close(file) == 0 && good;
}

static bool write_link(sqfs *fs, sqfs_inode *inode, const char *path) {
  char target[PATH_LENGTH];
  size_t size = sizeof target;
  if (sqfs_readlink(fs, inode, target, &size) != SQFS_OK) return false;
  unlink(path);
  return symlink(target, path) == 0;
}

static bool write_entry(sqfs *fs, sqfs_inode_id id, const char *path) {
  sqfs_inode inode;
  struct stat st;
  if (sqfs_inode_get(fs, &inode, id) != SQFS_OK || sqfs_stat(fs, &inode, &st) != SQFS_OK) return false;
  if (S_ISDIR(st.st_mode)) return mkdir(path, (st.st_mode & 0777) | 0700) == 0 || errno == EEXIST;
  if (S_ISLNK(st.st_mode)) return write_link(fs, &inode, path);
  if (S_ISREG(st.st_mode)) return write_file(fs, &inode, &st, path);
  errno = ENOTSUP;
  return false;
}

static bool extract(const char *folder, bool tell) {
  sqfs fs;
  sqfs_traverse walk;
  sqfs_err error = SQFS_OK;
  if (sqfs_open_image(&fs, own_file, image_offset) != SQFS_OK) return false;
  if (sqfs_traverse_open(&walk, &fs, sqfs_inode_root(&fs)) != SQFS_OK) return false;
  bool good = true;
  while (good && sqfs_traverse_next(&walk, &error)) {
    if (walk.dir_end || !walk.path[0]) continue;
    char path[PATH_LENGTH];
    if (snprintf(path, sizeof path, "%s/%s", folder, walk.path) >= (int)sizeof path) {
      errno = ENAMETOOLONG;
      good = false;
      break;
    }
    good = write_entry(&fs, sqfs_dentry_inode(&walk.entry), path);
    if (good && tell) puts(path);
  }
  sqfs_traverse_close(&walk);
  sqfs_destroy(&fs);
  return good && error == SQFS_OK;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *place) {
  (void)st, (void)kind, (void)place;
  return remove(path);
}

static pid_t child;

static void pass_on(int number) {
  if (child > 0) kill(child, number);
}

/* Starts the program in the folder; comes back only where it cannot. */
static int start(const char *folder, char **arguments) {
  char path[PATH_LENGTH];
  setenv("APPDIR", folder, 1);
  if (snprintf(path, sizeof path, "%s/AppRun", folder) < (int)sizeof path) execv(path, arguments);
  return complain("AppRun");
}

static int extract_and_run(char **arguments) {
  char folder[256];
  if (!make_folder(folder, sizeof folder, "appimage")) return complain("temporary folder");
  if (!extract(folder, false)) {
    int code = complain("unpacking failed");
    nftw(folder, remove_entry, 20, FTW_DEPTH | FTW_PHYS);
    return code;
  }
  pid_t parent = getpid();
  child = fork();
  if (child < 0) return complain("fork");
  if (child == 0) {
    /* Who kills this process means the program. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(FAILED);
    _exit(start(folder, arguments));
  }
  struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  /* A terminal sends this one to both. */
  signal(SIGINT, SIG_IGN);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  nftw(folder, remove_entry, 20, FTW_DEPTH | FTW_PHYS);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- Mounting ---- */

static sqfs_ll_chan mounted;
static char mount_point[256];
/* Whoever may still need the mounted folder holds the writing end open: the program and what it starts. */
static int needed[2];

static void *unmount_when_unneeded(void *unused) {
  char nothing;
  ssize_t count;
  do count = read(needed[0], &nothing, 1);
  while (count > 0 || (count < 0 && errno == EINTR));
  sqfs_ll_unmount(&mounted, mount_point);
  rmdir(mount_point);
  _exit(0);
  return unused;
}

/* Answers the kernel until nobody needs it; says `ready` once the folder is there. */
static int serve(int ready) {
  sqfs_ll *image = sqfs_ll_open(own_file, image_offset);
  if (!image) return 1;
  struct fuse_lowlevel_ops operations = {
    .getattr = sqfs_ll_op_getattr, .opendir = sqfs_ll_op_opendir, .releasedir = sqfs_ll_op_releasedir,
    .readdir = sqfs_ll_op_readdir, .lookup = sqfs_ll_op_lookup, .open = sqfs_ll_op_open, .create = sqfs_ll_op_create,
    .release = sqfs_ll_op_release, .read = sqfs_ll_op_read, .readlink = sqfs_ll_op_readlink,
    .listxattr = sqfs_ll_op_listxattr, .getxattr = sqfs_ll_op_getxattr, .forget = sqfs_ll_op_forget,
    .statfs = stfs_ll_op_statfs,
  };
  char *options[] = {"directory-connector", "-o", "ro,nosuid,nodev,fsname=directory-connector", NULL};
  struct fuse_args arguments = FUSE_ARGS_INIT(3, options);
  if (sqfs_ll_mount(&mounted, mount_point, &arguments, &operations, sizeof operations, image) != SQFS_OK) return 1;
  pthread_t thread;
  if (pthread_create(&thread, NULL, unmount_when_unneeded, NULL) != 0) {
    sqfs_ll_unmount(&mounted, mount_point);
    return 1;
  }
  if (write(ready, "1", 1) != 1) errno = 0;
  close(ready);
  fuse_session_loop(mounted.session);
  /* Unmounted from outside, or by the thread, which then ends the process. */
  pthread_join(thread, NULL);
  return 0;
}

/* What this process says of a refused mount is of no use to anybody: the caller unpacks instead. */
static void be_silent(void) {
  int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0) return;
  for (int file = 0; file <= 2; file++) dup2(nothing, file);
  if (nothing > 2) close(nothing);
}

/* False where this system does not let it mount. */
static bool mount_image(void) {
  int ready[2];
  if (!make_folder(mount_point, sizeof mount_point, ".mount_directory-connector")) return false;
  if (pipe2(ready, O_CLOEXEC) || pipe(needed)) return false;
  pid_t starter = fork();
  if (starter < 0) return false;
  if (starter == 0) {
    /* Twice, so that it is nobody's child: the program waits for its own children only. */
    if (fork() != 0) _exit(0);
    setsid();
    close(ready[0]);
    close(needed[1]);
    be_silent();
    _exit(serve(ready[1]));
  }
  close(ready[1]);
  close(needed[0]);
  while (waitpid(starter, NULL, 0) < 0 && errno == EINTR) continue;
  char answer;
  ssize_t count;
  do count = read(ready[0], &answer, 1);
  while (count < 0 && errno == EINTR);
  close(ready[0]);
  if (count == 1) return true;
  close(needed[1]);
  rmdir(mount_point);
  return false;
}

int main(int count, char **arguments) {
  if (!find_image()) return complain("/proc/self/exe");
  char here[PATH_LENGTH];
  if (getcwd(here, sizeof here)) setenv("OWD", here, 1);
  setenv("APPIMAGE", own_file, 1);
  setenv("ARGV0", arguments[0], 1);
  const char *first = count > 1 ? arguments[1] : "";
  if (!strcmp(first, "--appimage-version")) return puts("Directory Connector AppImage runtime 1") < 0;
  if (!strcmp(first, "--appimage-offset")) return printf("%zu\n", image_offset) < 0;
  if (!strcmp(first, "--appimage-extract")) {
    if ((mkdir("squashfs-root", 0755) && errno != EEXIST) || !extract("squashfs-root", true)) return complain("squashfs-root");
    return 0;
  }
  bool unpack = !strcmp(first, "--appimage-extract-and-run");
  if (unpack) {
    arguments[1] = arguments[0];
    arguments++;
  }
  const char *wish = getenv("APPIMAGE_EXTRACT_AND_RUN");
  if (unpack || (wish && *wish) || !mount_image()) return extract_and_run(arguments);
  if (!strcmp(first, "--appimage-mount")) {
    puts(mount_point);
    fflush(stdout);
    pause();
    return 0;
  }
  return start(mount_point, arguments);
}

/* squashfuse knows LZO, whose library is under the GPL; our images are zstd, so that it is never asked for. */
int lzo1x_decompress_safe(const unsigned char *in, unsigned long size, unsigned char *out, unsigned long *length, void *work) {
  (void)in, (void)size, (void)out, (void)length, (void)work;
  return -1;
}

int __lzo_init_v2(unsigned version, int a, int b, int c, int d, int e, int f, int g, int h, int i) {
  (void)version, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h, (void)i;
  return 0;
}
