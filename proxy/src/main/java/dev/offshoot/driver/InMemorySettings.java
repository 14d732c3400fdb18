package dev.offshoot.driver;

import com.mongodb.AutoEncryptionSettings;
import com.mongodb.ContextProvider;
import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.ServerApi;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterSettings;
import com.mongodb.connection.SocketSettings;
import com.mongodb.selector.ServerSelector;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * An application's settings, led to the in-memory socket: what concerns reads, writes, codecs, listeners, pools and time-outs
 * stays; what concerns a network (hosts, SRV, proxy, credentials, compression, transport, TLS) is left out.
 */
final class InMemorySettings {
    /** Never looked up: the resolver answers the loopback address, and the socket ignores it. */
    private static final ServerAddress ADDRESS = new ServerAddress("in-memory", 27017);

    private InMemorySettings() {}

    static MongoClientSettings of(MongoClientSettings application, SSLContext context) {
        MongoClientSettings.Builder settings = MongoClientSettings.builder();
        copyBehaviour(application, settings);
        copyOptional(application, settings);
        return settings.applyToClusterSettings(b -> b.applySettings(cluster(application.getClusterSettings())))
                .applyToSocketSettings(b -> b.applySettings(socket(application.getSocketSettings())))
                .applyToSslSettings(
                        b -> b.enabled(true).invalidHostNameAllowed(true).context(context))
                .inetAddressResolver(host -> List.of(InetAddress.getLoopbackAddress()))
                .build();
    }

    private static void copyBehaviour(MongoClientSettings from, MongoClientSettings.Builder to) {
        to.codecRegistry(from.getCodecRegistry())
                .readPreference(from.getReadPreference())
                .readConcern(from.getReadConcern())
                .writeConcern(from.getWriteConcern())
                .retryReads(from.getRetryReads())
                .retryWrites(from.getRetryWrites())
                .uuidRepresentation(from.getUuidRepresentation())
                .commandListenerList(from.getCommandListeners())
                .applyToConnectionPoolSettings(b -> b.applySettings(from.getConnectionPoolSettings()))
                .applyToServerSettings(b -> b.applySettings(from.getServerSettings()))
                .applyToLoggerSettings(b -> b.applySettings(from.getLoggerSettings()));
    }

    private static void copyOptional(MongoClientSettings from, MongoClientSettings.Builder to) {
        String name = from.getApplicationName();
        if (name != null) {
            to.applicationName(name);
        }
        ServerApi api = from.getServerApi();
        if (api != null) {
            to.serverApi(api);
        }
        AutoEncryptionSettings encryption = from.getAutoEncryptionSettings();
        if (encryption != null) {
            to.autoEncryptionSettings(encryption);
        }
        ContextProvider contexts = from.getContextProvider();
        if (contexts != null) {
            to.contextProvider(contexts);
        }
        Long timeoutMillis = from.getTimeout(TimeUnit.MILLISECONDS);
        if (timeoutMillis != null) {
            to.timeout(timeoutMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Built anew, because hosts and SRV name cannot be unset. */
    private static ClusterSettings cluster(ClusterSettings from) {
        ClusterSettings.Builder to = ClusterSettings.builder()
                .hosts(List.of(ADDRESS))
                .mode(ClusterConnectionMode.SINGLE)
                .clusterListenerList(from.getClusterListeners())
                .localThreshold(from.getLocalThreshold(TimeUnit.MILLISECONDS), TimeUnit.MILLISECONDS)
                .serverSelectionTimeout(from.getServerSelectionTimeout(TimeUnit.MILLISECONDS), TimeUnit.MILLISECONDS);
        ServerSelector selector = from.getServerSelector();
        return (selector == null ? to : to.serverSelector(selector)).build();
    }

    private static SocketSettings socket(SocketSettings from) {
        return SocketSettings.builder()
                .connectTimeout(from.getConnectTimeout(TimeUnit.MILLISECONDS), TimeUnit.MILLISECONDS)
                .readTimeout(from.getReadTimeout(TimeUnit.MILLISECONDS), TimeUnit.MILLISECONDS)
                .build();
    }
}
