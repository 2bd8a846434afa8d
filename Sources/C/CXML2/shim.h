#pragma once
#include <libxml/xmlversion.h>
/*
 * Debian's libxml2 converts encodings with ICU and includes its headers, whose types clash with those of the ICU that
 * Foundation brings. The option only adds fields to the end of xmlCharEncodingHandler, which nobody here looks into.
 */
#undef LIBXML_ICU_ENABLED
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
