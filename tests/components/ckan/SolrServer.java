import java.nio.file.Path;
import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;

/** Serves the cores of one Solr home on the loopback address, under /solr, until the process is told to end. */
public final class SolrServer {
    private SolrServer() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: SolrServer HOME PORT");
            System.exit(64);
        }
        String home = Path.of(arguments[0]).toRealPath().toString();
        int port = Integer.parseInt(arguments[1]);
        JettyConfig jetty = new JettyConfig.Builder().setContext("/solr").setPort(port).useOnlyHttp1(true).build();
        new JettySolrRunner(home, jetty).start();
        Thread.currentThread().join();
    }
}
