package dev.offshoot.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** Which Offshoot this is, and which MongoDB it presents itself as. */
public final class Version {
    /** The version of this build, such as {@code 0.1.0}. */
    public static final String OFFSHOOT = read();

    /** The newest MongoDB whose wire protocol is spoken. */
    public static final String MONGODB = "8.0.16";

    /** What {@code hello} says of {@link #MONGODB}. */
    static final int WIRE_VERSION = 25;

    private Version() {}

    private static String read() {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
        return build.getProperty("version", "unknown");
    }
}
