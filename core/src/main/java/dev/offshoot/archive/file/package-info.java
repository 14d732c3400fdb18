/** Archives in files: a folder with a file for each object, and a bundle, which is one file with all of them. */
@NullMarked
package dev.offshoot.archive.file;

import org.jspecify.annotations.NullMarked;
