package dev.offshoot.cli;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import dev.offshoot.archive.NotArchivedException;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the driver, the store and the file system throw, in words and exit codes. */
final class FailureTexts {
    /** What a message begins with that says which project or branch is not there, and not which collection. */
    private static final Pattern PROJECT_OR_BRANCH = Pattern.compile("^(no )?(database|project|branch|tag)\\b");

    private static final Pattern CLUSTER_VIEW = Pattern.compile("\\.? Client view of cluster state is \\{.*}]");

    /** A command that a message tells to use. */
    private static final Pattern COMMAND = Pattern.compile("\\{([a-zA-Z]+): ");

    /** The verbs for commands that messages of the engine name. */
    static final Map<String, String> VERBS = Map.ofEntries(
            Map.entry("branchLog", "log"),
            Map.entry("branchReflog", "reflog"),
            Map.entry("cherryPick", "cherry-pick"),
            Map.entry("commitBranch", "commit"),
            Map.entry("createBranch", "branch create"),
            Map.entry("createProject", "project create"),
            Map.entry("createTag", "tag create"),
            Map.entry("diffBranches", "diff"),
            Map.entry("documentBlame", "blame"),
            Map.entry("documentHistory", "history"),
            Map.entry("dropBranch", "branch delete"),
            Map.entry("dropProject", "project delete"),
            Map.entry("dropTag", "tag delete"),
            Map.entry("listBranches", "branch list"),
            Map.entry("listConflicts", "conflicts"),
            Map.entry("mergeBranch", "merge"),
            Map.entry("mergeRequest", "merge-request"),
            Map.entry("rebaseBranch", "rebase"),
            Map.entry("renameBranch", "branch rename"),
            Map.entry("resetBranch", "reset"),
            Map.entry("resolveConflict", "resolve"),
            Map.entry("restore", "restore"),
            Map.entry("revertMerge", "revert"),
            Map.entry("undoChanges", "undo"),
            Map.entry("undrop", "undrop"),
            Map.entry("updateBranch", "branch update"),
            Map.entry("updateProject", "project update"),
            Map.entry("walCleanup", "wal cleanup"),
            Map.entry("walReplay", "wal replay"),
            Map.entry("walValidate", "wal validate"));

    private static final int BAD_VALUE = 2;
    private static final int NO_SUCH_KEY = 4;
    private static final int UNAUTHORIZED = 13;
    private static final int TYPE_MISMATCH = 14;
    private static final int ILLEGAL_OPERATION = 20;
    private static final int NAMESPACE_NOT_FOUND = 26;
    private static final int NAMESPACE_EXISTS = 48;
    private static final int DATABASE_DIFFER_CASE = 13_297;
    private static final int COMMAND_NOT_FOUND = 59;
    private static final int IMMUTABLE_FIELD = 66;
    private static final int INVALID_OPTIONS = 72;
    private static final int INVALID_NAMESPACE = 73;
    private static final int WRITE_CONFLICT = 112;
    private static final int COMMAND_NOT_SUPPORTED = 115;
    private static final int CONFLICTING_OPERATION_IN_PROGRESS = 117;
    private static final int MISSING_FIELD = 40414;
    private static final int TOO_SMALL = 51024;
    private static final int DUPLICATE_KEY = 11000;
    private static final String VALIDATE_HINT =
            "offshoot wal validate PROJECT, with the same --data or --store, to see all that is damaged";

    private FailureTexts() {}

    static CliException of(Exception e) {
        if (e instanceof MongoCommandException refused) {
            return ofCommand(refused);
        }
        if (e instanceof CorruptionException) {
            return new CliException(ExitCodes.FAILURE, "damaged data: " + e.getMessage(), VALIDATE_HINT, e);
        }
        if (e instanceof NotArchivedException) {
            return new CliException(ExitCodes.NOT_FOUND, String.valueOf(e.getMessage()), null, e);
        }
        if (e instanceof StoreException && !isUnreachable(e)) {
            return failure(String.valueOf(e.getMessage()), e);
        }
        if (isUnreachable(e)) {
            return new CliException(
                    ExitCodes.UNREACHABLE, unreachable(e), "--uri or --store with an address that answers", e);
        }
        if (e instanceof NoSuchFileException missing) {
            return new CliException(ExitCodes.NOT_FOUND, "there is no file " + missing.getFile(), null, e);
        }
        if (e instanceof MongoBulkWriteException || e instanceof MongoException || e instanceof IOException) {
            return failure(String.valueOf(e.getMessage()), e);
        }
        return new CliException(
                ExitCodes.FAILURE, "this is a bug of Offshoot: " + e, "the same with --debug, and report it", e);
    }

    static int exitCode(int errorCode) {
        return switch (errorCode) {
            case NO_SUCH_KEY, NAMESPACE_NOT_FOUND -> ExitCodes.NOT_FOUND;
            case NAMESPACE_EXISTS,
                    DATABASE_DIFFER_CASE,
                    WRITE_CONFLICT,
                    CONFLICTING_OPERATION_IN_PROGRESS,
                    DUPLICATE_KEY -> ExitCodes.CONFLICT;
            case BAD_VALUE,
                    UNAUTHORIZED,
                    TYPE_MISMATCH,
                    ILLEGAL_OPERATION,
                    IMMUTABLE_FIELD,
                    INVALID_NAMESPACE,
                    INVALID_OPTIONS,
                    COMMAND_NOT_SUPPORTED,
                    MISSING_FIELD,
                    TOO_SMALL -> ExitCodes.USAGE;
            default -> ExitCodes.FAILURE;
        };
    }

    private static CliException ofCommand(MongoCommandException e) {
        int code = e.getErrorCode();
        return new CliException(exitCode(code), e.getErrorMessage(), hint(code, e.getErrorMessage()), e);
    }

    private static @Nullable String hint(int code, String message) {
        return switch (code) {
            case NAMESPACE_NOT_FOUND ->
                PROJECT_OR_BRANCH.matcher(message).find()
                        ? "offshoot project list, or offshoot branch list PROJECT"
                        : verb(message);
            case NAMESPACE_EXISTS -> "another name";
            case COMMAND_NOT_FOUND ->
                "--uri with the address of an Offshoot server; this one does not know the command";
            case UNAUTHORIZED -> "--uri with a user who may do this";
            default -> verb(message);
        };
    }

    /** The verb for the first command that a message names. */
    private static @Nullable String verb(String message) {
        Matcher command = COMMAND.matcher(message);
        while (command.find()) {
            String verb = VERBS.get(command.group(1));
            if (verb != null) {
                return "offshoot " + verb + " --help";
            }
        }
        return null;
    }

    private static boolean isUnreachable(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof MongoTimeoutException || t instanceof MongoSocketException) {
                return true;
            }
            if (t instanceof MongoSecurityException || t instanceof MongoInterruptedException) {
                return false;
            }
        }
        return false;
    }

    /** Without the driver's view of its cluster, which --debug shows. */
    private static String unreachable(Exception e) {
        return CLUSTER_VIEW.matcher(String.valueOf(e.getMessage())).replaceAll("");
    }

    private static CliException failure(String message, Exception cause) {
        return new CliException(ExitCodes.FAILURE, message, null, cause);
    }
}
