package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.text.TextSearch;
import org.jspecify.annotations.Nullable;

/** A compiled condition on a whole document, given by its place in raw bytes. Immutable, safe for any number of threads. */
abstract class Matcher {
    static final Matcher ALWAYS = new Matcher() {
        @Override
        boolean matches(byte[] bytes, int offset) {
            return true;
        }
    };

    abstract boolean matches(byte[] bytes, int offset);

    static Matcher all(Matcher[] matchers) {
        if (matchers.length == 1) {
            return matchers[0];
        }
        return new Matcher() {
            @Override
            boolean matches(byte[] bytes, int offset) {
                for (Matcher matcher : matchers) {
                    if (!matcher.matches(bytes, offset)) {
                        return false;
                    }
                }
                return true;
            }
        };
    }

    static Matcher any(Matcher[] matchers) {
        return new Matcher() {
            @Override
            boolean matches(byte[] bytes, int offset) {
                for (Matcher matcher : matchers) {
                    if (matcher.matches(bytes, offset)) {
                        return true;
                    }
                }
                return false;
            }
        };
    }

    static Matcher expression(Expression expression, @Nullable PipelineContext context) {
        return new Matcher() {
            @Override
            boolean matches(byte[] bytes, int offset) {
                if (context == null) {
                    throw new AssertionError("a filter with $expr is used without a context");
                }
                Value value = expression.evaluate(Doc.view(bytes, offset), context);
                return value != null && value.isTruthy();
            }
        };
    }

    static Matcher text(@Nullable TextSearch search) {
        return new Matcher() {
            @Override
            boolean matches(byte[] bytes, int offset) {
                if (search == null) {
                    throw new AssertionError("a filter with $text is used without an index");
                }
                return search.matches(Doc.view(bytes, offset));
            }
        };
    }

    static Matcher not(Matcher matcher) {
        return new Matcher() {
            @Override
            boolean matches(byte[] bytes, int offset) {
                return !matcher.matches(bytes, offset);
            }
        };
    }
}
