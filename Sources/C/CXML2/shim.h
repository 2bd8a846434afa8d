#pragma once
#include <libxml/xmlversion.h>
/*
 * Debian's libxml2 converts encodings with ICU, and says so in its headers. With them come ICU's types, which the
 * compiler finds to differ from those of the ICU inside Foundation: whether that is an error depends on the order in
 * which it meets them. Nothing here needs ICU's types: they are in one struct, of which only pointers are passed.
 */
#undef LIBXML_ICU_ENABLED
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
