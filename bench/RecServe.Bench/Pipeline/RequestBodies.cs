using System.Text;

namespace RecServe.Bench;

/// <summary>Rank requests with ids alone, in turn, so that no two in a row ask for the same rows.</summary>
internal sealed class RequestBodies
{
    private const int Distinct = 64;

    private readonly byte[][] _bodies = new byte[Distinct][];
    private readonly byte[] _sent;
    private int _next;

    /// <summary>Draws items and users at random, each item at most once a request.</summary>
    public RequestBodies(SyntheticOptions options, int candidates)
    {
        var random = new Random(options.Seed);
        for (int n = 0; n < Distinct; n++)
        {
            var chosen = new HashSet<int>();
            while (chosen.Count < candidates)
                chosen.Add(random.Next(options.Items));
            string items = string.Join(',', chosen.Select(id => $$"""{"id":"i{{id}}"}"""));
            _bodies[n] = Encoding.UTF8.GetBytes($$"""{"user":{"id":"u{{random.Next(options.Users)}}"},"k":10,"items":[{{items}}]}""");
        }

        _sent = new byte[_bodies.Max(body => body.Length)];
    }

    /// <summary>The next request in a buffer that may be written to: the parser unescapes in place.</summary>
    public byte[] Next(out int length)
    {
        byte[] body = _bodies[_next++ % Distinct];
        length = body.Length;
        body.CopyTo(_sent, 0);
        return _sent;
    }
}
