import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One node in this process. The only argument is the node's home, laid out as in the distribution: config, lib, modules.
 *
 * <p>The distribution's own launcher also installs a security manager's successor and checks the machine; a test on the
 * loopback address needs neither, so the node is built directly.
 */
public final class LocalNode {
    private LocalNode() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("usage: LocalNode HOME");
            System.exit(64);
        }
        Path home = Path.of(arguments[0]).toRealPath();
        LogConfigurator.configureESLogging();
        Node node = new Node(environmentOf(home), modulesOf(home));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "close-node"));
        node.start();
        Thread.currentThread().join();
    }

    private static Environment environmentOf(Path home) {
        Map<String, String> own = Map.of("path.home", home.toString());
        return InternalSettingsPreparer.prepareEnvironment(Settings.EMPTY, own, home.resolve("config"), () -> "node");
    }

    /** The module folders; there are no plugins. The HTTP module reads packages that the server exports to it alone. */
    private static PluginsLoader modulesOf(Path home) throws IOException {
        var bundles = PluginsLoader.loadModulesBundles(home.resolve("modules"), false);
        return PluginsLoader.createPluginsLoader(bundles, Set.of(), Map.of());
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
