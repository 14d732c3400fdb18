/**
 * Text search: words, their stems in 16 languages, what a document's texts weigh, what a search asks. The library behind it is
 * Lucene's analysis, and no other package sees it. It must not know filters or how an index is stored.
 */
@NullMarked
package dev.offshoot.text;

import org.jspecify.annotations.NullMarked;
