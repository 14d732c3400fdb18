/** Archives in a bucket of S3, or of a service that speaks as S3 does. Only this package knows the SDK. */
@NullMarked
package dev.offshoot.archive.s3;

import org.jspecify.annotations.NullMarked;
