#pragma once
#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>

/*
 * libvips brings about a hundred libraries with it: linked, they would cost every process 20 MB and 40 ms
 * at its start, even one that never sees an image. So it is loaded when the first image comes, and `cvips`
 * is the table of what was found in it. The declarations below are those of libvips 8.14's headers;
 * libvips.so.42 keeps them (https://www.libvips.org/API/current/).
 *
 * Most functions of libvips are variadic, which Swift cannot call: each wrapper at the end fixes the options
 * that this project uses. All of them keep libvips' convention: 0 is success, and on success `*out` is a
 * new reference.
 */
typedef struct _VipsImage VipsImage;

/* libvips' enumerations, as they are passed for an option. */
enum {
    CVIPS_ACCESS_SEQUENTIAL = 1,
    CVIPS_FAIL_ON_ERROR = 2,
    CVIPS_INTERPRETATION_SRGB = 22,
    CVIPS_PRECISION_INTEGER = 0,
    CVIPS_ALIGN_CENTRE = 1,
    CVIPS_WRAP_WORD_CHAR = 2,
};

typedef void (*cvips_log_handler)(const char *domain, int level, const char *text, void *data);

/* F(result, name, parameters) */
#define CVIPS_FUNCTIONS(F)                                                                             \
    F(int, vips_version, (int part))                                                                   \
    F(int, vips_init, (const char *program))                                                           \
    F(void, vips_error_clear, (void))                                                                  \
    F(void, vips_concurrency_set, (int threads))                                                       \
    F(void, vips_cache_set_max, (int operations))                                                      \
    F(void, vips_block_untrusted_set, (int blocked))                                                   \
    F(void, vips_operation_block_set, (const char *name, int blocked))                                 \
    F(int, vips_image_get_width, (const VipsImage *))                                                  \
    F(int, vips_image_get_height, (const VipsImage *))                                                 \
    F(VipsImage *, vips_image_new_from_image, (VipsImage *, const double *color, int bands))           \
    F(VipsImage *, vips_image_copy_memory, (VipsImage *))                                              \
    F(int, vips_pngload_buffer, (void *, size_t, VipsImage **, ...))                                   \
    F(int, vips_jpegload_buffer, (void *, size_t, VipsImage **, ...))                                  \
    F(int, vips_webpload_buffer, (void *, size_t, VipsImage **, ...))                                  \
    F(int, vips_pngsave_buffer, (VipsImage *, void **, size_t *, ...))                                 \
    F(int, vips_avg, (VipsImage *, double *, ...))                                                     \
    F(int, vips_xyz, (VipsImage **, int width, int height, ...))                                       \
    F(int, vips_linear, (VipsImage *, VipsImage **, const double *, const double *, int count, ...))   \
    F(int, vips_multiply, (VipsImage *, VipsImage *, VipsImage **, ...))                               \
    F(int, vips_bandmean, (VipsImage *, VipsImage **, ...))                                            \
    F(int, vips_copy, (VipsImage *, VipsImage **, ...))                                                \
    F(int, vips_extract_area, (VipsImage *, VipsImage **, int, int, int, int, ...))                    \
    F(int, vips_insert, (VipsImage *, VipsImage *, VipsImage **, int, int, ...))                       \
    F(int, vips_ifthenelse, (VipsImage *, VipsImage *, VipsImage *, VipsImage **, ...))                \
    F(int, vips_embed, (VipsImage *, VipsImage **, int, int, int, int, ...))                           \
    F(int, vips_gaussblur, (VipsImage *, VipsImage **, double, ...))                                   \
    F(int, vips_text, (VipsImage **, const char *, ...))                                               \
    F(void, g_object_unref, (void *))                                                                  \
    F(void, g_free, (void *))                                                                          \
    F(void *, g_log_set_default_handler, (cvips_log_handler, void *))

#define CVIPS_FIELD(result, name, parameters) result(*name) parameters;
typedef struct cvips { CVIPS_FUNCTIONS(CVIPS_FIELD) } cvips;
#undef CVIPS_FIELD

/* Null when the library, or one of its functions, is not there. Never unloaded: libvips cannot be. */
static inline cvips *cvips_open(const char *library) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    cvips *v = handle ? calloc(1, sizeof *v) : NULL;
    if (!v) return NULL;
#define CVIPS_FIND(result, name, parameters) \
    if (!(v->name = (result(*) parameters)dlsym(handle, #name))) { free(v); return NULL; }
    CVIPS_FUNCTIONS(CVIPS_FIND)
#undef CVIPS_FIND
    return v;
}

/* Warnings of libraries could quote a text or a file's content: nothing of it goes to the log. */
static inline void cvips_ignore(const char *domain, int level, const char *text, void *data) {
    (void)domain, (void)level, (void)text, (void)data;
}

/* Starts libvips: no operation cache, one thread for a picture, and only the codecs we mean to use. */
static inline int cvips_start(const cvips *v) {
    if (v->vips_version(0) != 8 || v->vips_version(1) < 14 || v->vips_init("image-api")) return -1;
    v->g_log_set_default_handler(cvips_ignore, NULL);
    v->vips_cache_set_max(0);
    v->vips_concurrency_set(1);
    v->vips_block_untrusted_set(1);
    v->vips_operation_block_set("VipsForeignLoad", 1);
    v->vips_operation_block_set("VipsForeignSave", 1);
    v->vips_operation_block_set("VipsForeignLoadPng", 0);
    v->vips_operation_block_set("VipsForeignLoadJpeg", 0);
    v->vips_operation_block_set("VipsForeignLoadWebp", 0);
    v->vips_operation_block_set("VipsForeignSavePng", 0);
    v->vips_operation_block_set("VipsForeignSaveJpeg", 0);
    v->vips_operation_block_set("VipsForeignSaveWebp", 0);
    return 0;
}

/* Gives memory that nobody uses back to the system. */
static inline void cvips_trim(void) { malloc_trim(0); }

static inline void cvips_error_clear(const cvips *v) { v->vips_error_clear(); }
static inline void cvips_unref(const cvips *v, VipsImage *image) { v->g_object_unref(image); }
static inline void cvips_free(const cvips *v, void *memory) { v->g_free(memory); }
static inline int cvips_width(const cvips *v, VipsImage *image) { return v->vips_image_get_width(image); }
static inline int cvips_height(const cvips *v, VipsImage *image) { return v->vips_image_get_height(image); }

/* The decoders read as they go; the bytes must outlive the image. */
#define CVIPS_DECODER(name, loader)                                                                      \
    static inline int name(const cvips *v, const void *bytes, size_t count, VipsImage **out) {           \
        return v->loader((void *)bytes, count, out, "access", CVIPS_ACCESS_SEQUENTIAL,                    \
                         "fail_on", CVIPS_FAIL_ON_ERROR, NULL);                                           \
    }
CVIPS_DECODER(cvips_decode_png, vips_pngload_buffer)
CVIPS_DECODER(cvips_decode_jpeg, vips_jpegload_buffer)
CVIPS_DECODER(cvips_decode_webp, vips_webpload_buffer)
#undef CVIPS_DECODER

static inline int cvips_average(const cvips *v, VipsImage *in, double *out) {
    return v->vips_avg(in, out, NULL);
}
/* Each pixel is its own position: two bands, x and y. */
static inline int cvips_positions(const cvips *v, int width, int height, VipsImage **out) {
    return v->vips_xyz(out, width, height, NULL);
}
/* in * scale + offset, band by band; one band becomes `bands`. With `bytes`, clipped to 0…255. */
static inline int cvips_linear(const cvips *v, VipsImage *in, const double *scale, const double *offset,
                               int bands, int bytes, VipsImage **out) {
    return v->vips_linear(in, out, scale, offset, bands, "uchar", bytes, NULL);
}
static inline int cvips_multiply(const cvips *v, VipsImage *left, VipsImage *right, VipsImage **out) {
    return v->vips_multiply(left, right, out, NULL);
}
static inline int cvips_band_mean(const cvips *v, VipsImage *in, VipsImage **out) {
    return v->vips_bandmean(in, out, NULL);
}
static inline int cvips_as_srgb(const cvips *v, VipsImage *in, VipsImage **out) {
    return v->vips_copy(in, out, "interpretation", CVIPS_INTERPRETATION_SRGB, NULL);
}
static inline int cvips_crop(const cvips *v, VipsImage *in, int x, int y, int width, int height,
                             VipsImage **out) {
    return v->vips_extract_area(in, out, x, y, width, height, NULL);
}
static inline int cvips_insert(const cvips *v, VipsImage *below, VipsImage *above, int x, int y,
                               VipsImage **out) {
    return v->vips_insert(below, above, out, x, y, NULL);
}
/* An image as large as `like`, of one colour. */
static inline VipsImage *cvips_filled(const cvips *v, VipsImage *like, const double *color, int bands) {
    return v->vips_image_new_from_image(like, color, bands);
}
/* `above` where the mask is 255, `below` where it is 0, and a mixture between. */
static inline int cvips_blend(const cvips *v, VipsImage *mask, VipsImage *above, VipsImage *below,
                              VipsImage **out) {
    return v->vips_ifthenelse(mask, above, below, out, "blend", 1, NULL);
}
/* `in` on a black canvas. */
static inline int cvips_embed(const cvips *v, VipsImage *in, int x, int y, int width, int height,
                              VipsImage **out) {
    return v->vips_embed(in, out, x, y, width, height, NULL);
}
static inline int cvips_blur(const cvips *v, VipsImage *in, double sigma, VipsImage **out) {
    return v->vips_gaussblur(in, out, sigma, "precision", CVIPS_PRECISION_INTEGER, NULL);
}
/*
 * A mask of the text, which is Pango markup, in lines no wider than `width`. At 72 dpi a point is a pixel.
 * The option "fontfile" must stay out: libvips 8.14 remembers its value by a pointer that it frees.
 */
static inline int cvips_text(const cvips *v, const char *markup, const char *font, int width,
                             VipsImage **out) {
    return v->vips_text(out, markup, "font", font, "width", width, "dpi", 72,
                        "align", CVIPS_ALIGN_CENTRE, "wrap", CVIPS_WRAP_WORD_CHAR, NULL);
}
static inline VipsImage *cvips_in_memory(const cvips *v, VipsImage *in) {
    return v->vips_image_copy_memory(in);
}
static inline int cvips_encode_png(const cvips *v, VipsImage *in, int level, int filter, void **bytes,
                                   size_t *count) {
    return v->vips_pngsave_buffer(in, bytes, count, "compression", level, "filter", filter, "strip", 1,
                                  NULL);
}
