using System.Globalization;
using System.Text;

namespace RecServe.LoadGen;

/// <summary>Rank requests as the bytes that go over the wire, made before the clock runs.</summary>
internal sealed class RankRequests
{
    /// <summary>Different requests; they are sent round and round. 512 of 500 candidates hold 8 MB.</summary>
    private const int Distinct = 512;

    private readonly byte[][] _requests;

    public RankRequests(LoadOptions options)
    {
        var random = new Random(options.Seed);
        var items = new ZipfSampler(options.Catalog, options.Zipf);
        var users = new ZipfSampler(options.Users, options.Zipf);
        _requests = new byte[Distinct][];
        for (var i = 0; i < Distinct; i++)
        {
            _requests[i] = Frame(options, Body(options, items, users, random));
        }
    }

    /// <summary>Given bodies for the default model, at least one.</summary>
    public RankRequests(Uri url, IReadOnlyCollection<byte[]> bodies) => _requests = [.. bodies.Select(body => Frame(new LoadOptions { Url = url }, Encoding.UTF8.GetString(body)))];

    /// <summary>The n-th request of a run.</summary>
    public ReadOnlySpan<byte> this[long n] => _requests[n % _requests.Length];

    private static string Body(LoadOptions options, ZipfSampler items, ZipfSampler users, Random random)
    {
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"{{\"user\":{{\"id\":\"{Id(options.UserFormat, users.Next(random))}\"}},\"k\":{options.K},\"items\":[");
        var chosen = new HashSet<int>(options.Candidates);
        while (chosen.Count < options.Candidates)
        {
            // Rejection keeps the popular items popular; when the catalog is hardly larger than the request, the rest is filled in order.
            var item = items.Next(random);
            for (var tries = 0; !chosen.Add(item); tries++)
            {
                item = tries < 100 ? items.Next(random) : (item + 1) % options.Catalog;
            }

            body.Append(chosen.Count == 1 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{{\"id\":\"{Id(options.ItemFormat, item)}\"}}");
        }

        return body.Append("]}").ToString();
    }

    private static string Id(string format, int number) => string.Format(CultureInfo.InvariantCulture, format, number);

    private static byte[] Frame(LoadOptions options, string body)
    {
        var path = options.Model is null ? "/v1/rank" : $"/v1/rank/{options.Model}";
        var bytes = Encoding.UTF8.GetByteCount(body);
        return Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {options.Url.Authority}\r\nContent-Type: application/json\r\nContent-Length: {bytes}\r\n\r\n{body}");
    }
}
