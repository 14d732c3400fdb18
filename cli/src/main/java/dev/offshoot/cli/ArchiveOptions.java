package dev.offshoot.cli;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.file.BundleBlobs;
import dev.offshoot.archive.file.FolderBlobs;
import dev.offshoot.archive.s3.S3Blobs;
import dev.offshoot.archive.s3.S3Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to reach an archive. The S3 client is loaded when a bucket is named and not before. */
final class ArchiveOptions {
    private static final Pattern OTHER_PLACE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://.*");

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "A service that speaks as S3 does. Default: $AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL, or AWS.")
    private @Nullable String endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "NAME",
            description = "The bucket's region. Default: $AWS_REGION, or us-east-1.")
    private @Nullable String region;

    /** A folder, which is made when it is missing, or a bucket. */
    BlobStore openOrCreate(Terminal terminal, String place) {
        check(place);
        return S3Place.isS3(place) ? bucket(terminal, place) : FolderBlobs.openOrCreate(Path.of(place));
    }

    /** A folder, a bundle or a bucket to read. */
    BlobStore open(Terminal terminal, String place) {
        check(place);
        if (S3Place.isS3(place)) {
            return bucket(terminal, place);
        }
        Path path = Path.of(place);
        if (!Files.exists(path)) {
            throw new CliException(
                    ExitCodes.NOT_FOUND,
                    "there is no folder or bundle " + place,
                    "another place: a folder, a bundle, or s3://BUCKET/PREFIX");
        }
        return Files.isDirectory(path) ? FolderBlobs.open(path) : BundleBlobs.open(path);
    }

    /** A bucket of another kind would be taken for a folder. */
    private static void check(String place) {
        if (place.isBlank() || (OTHER_PLACE.matcher(place).matches() && !S3Place.isS3(place))) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "'" + place + "' is no place for an archive",
                    "another place: a folder, a bundle, or s3://BUCKET/PREFIX");
        }
    }

    private BlobStore bucket(Terminal terminal, String place) {
        try {
            return S3Blobs.open(S3Place.parse(place, endpoint, region, terminal.environment()));
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), null, e);
        }
    }
}
