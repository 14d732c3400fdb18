package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which branches are protected: by a property of their own, or since their name fits a pattern of the project. A protected branch changes
 * only by merges; whatever else would write to it, reset, rename or remove it asks {@link #check} first.
 *
 * <p>A pattern has letters, digits, {@code _} and {@code -} as names have, {@code *} for any of them and {@code ?} for one. Case does not
 * count.
 */
final class Protection {
    /** The property of a project with its patterns, an array of strings. */
    static final String PATTERNS = "protect";

    private static final int PATTERN_CHARS_MAX = 48;
    private static final int PATTERNS_MAX = 100;

    private Protection() {}

    static boolean isProtected(Catalog catalog, Branch branch) {
        return BranchProperties.isProtected(branch) || pattern(catalog, branch.name()) != null;
    }

    /**
     * Returns where the branch may be changed by something else than a merge.
     *
     * @param branch as the catalog has it
     * @throws CommandException IllegalOperation where it is protected
     */
    static void check(Catalog catalog, Branch branch) {
        if (BranchProperties.isProtected(branch)) {
            throw refused(branch, "", "{updateBranch: '" + branch.name() + "', protected: false}");
        }
        String pattern = pattern(catalog, branch.name());
        if (pattern != null) {
            throw refused(
                    branch,
                    " by the pattern '" + pattern + "'",
                    "{updateProject: 1, protect: [...]} with the patterns that are to stay");
        }
    }

    /** Waits for the writes that began before a branch was protected; those that come later see that it is. */
    static void settle(Project project, Branch branch, Origin origin) {
        project.write(branch, origin, turn -> Statement.Draft.unchanged(true));
    }

    private static CommandException refused(Branch branch, String by, String lift) {
        return new CommandException(
                ErrorCode.ILLEGAL_OPERATION,
                "branch '" + branch.name() + "' is protected" + by + " and changes only by merges; write to a branch of"
                        + " it and merge that: {mergeBranch: 'NAME', into: '" + branch.name()
                        + "'}. To lift the protection: " + lift);
    }

    /** The pattern that protects branches of this name, or null. */
    static @Nullable String pattern(Catalog catalog, String branchName) {
        for (String pattern : patterns(catalog)) {
            if (fits(pattern, branchName)) {
                return pattern;
            }
        }
        return null;
    }

    /** The patterns of a project. */
    static List<String> patterns(Catalog catalog) {
        Value patterns = catalog.properties().get(PATTERNS);
        if (patterns == null || !patterns.isArray()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (Doc.Field element : patterns.asDoc()) {
            texts.add(element.value().asString());
        }
        return texts;
    }

    /** Refuses what can be no list of patterns; returns it. */
    static List<String> checkPatterns(List<String> patterns) {
        if (patterns.size() > PATTERNS_MAX) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "a project has at most " + PATTERNS_MAX + " patterns of protected branches");
        }
        for (String pattern : patterns) {
            if (pattern.isEmpty() || pattern.length() > PATTERN_CHARS_MAX || !pattern.matches("[A-Za-z0-9_*?-]+")) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE,
                        "'" + pattern + "' is no pattern of branches: it takes 1 to " + PATTERN_CHARS_MAX
                                + " letters, digits, '_', '-', '*' and '?', such as 'release-*'");
            }
        }
        return patterns;
    }

    /** Goes back to the last {@code *} where the rest does not fit, and has it take one character more. */
    static boolean fits(String pattern, String name) {
        String p = pattern.toLowerCase(Locale.ROOT);
        String n = name.toLowerCase(Locale.ROOT);
        int at = 0;
        int star = -1;
        int taken = 0;
        for (int i = 0; i < n.length(); ) {
            if (at < p.length() && p.charAt(at) == '*') {
                star = at++;
                taken = i;
            } else if (at < p.length() && (p.charAt(at) == '?' || p.charAt(at) == n.charAt(i))) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++taken;
            } else {
                return false;
            }
        }
        while (at < p.length() && p.charAt(at) == '*') {
            at++;
        }
        return at == p.length();
    }
}
