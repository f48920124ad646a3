using System.Text;

namespace RecServe.LoadGen.Tests;

public sealed class LoadLoopTests
{
    private static readonly LoadOptions Options = new() { Url = new Uri("http://127.0.0.1"), Candidates = 3, Catalog = 10 };

    [Fact]
    public void Open_counts_the_wait_of_every_request_behind_a_stall_and_Closed_hides_it()
    {
        const int StallMs = 400;
        using var server = new AnsweringServer(n =>
        {
            if (n == 20)
            {
                Thread.Sleep(StallMs);
            }

            return AnsweringServer.Ok;
        });
        var loop = new LoadLoop(server.Url, new RankRequests(Options));

        // 200 arrivals a second for one second on one connection: about 80 are due during the stall, so the upper quarter must see it.
        var open = loop.Open(1, rps: 200, seconds: 1, seed: 3);
        Assert.Empty(open.Errors);
        Assert.InRange(open.Requests, 150, 250);
        Assert.InRange(open.Latency.Max, StallMs * 0.95, StallMs * 10);
        Assert.InRange(open.Latency.P99, StallMs * 0.8, StallMs * 10);

        using var again = new AnsweringServer(n =>
        {
            if (n == 20)
            {
                Thread.Sleep(StallMs);
            }

            return AnsweringServer.Ok;
        });
        var closed = new LoadLoop(again.Url, new RankRequests(Options)).Closed(1, seconds: 1);
        Assert.InRange(closed.Latency.Max, StallMs * 0.95, StallMs * 10);
        Assert.True(closed.Latency.P99 < StallMs * 0.5, $"{closed.Latency.P99} ms of {closed.Requests} requests");
    }

    [Fact]
    public void Errors_are_counted_by_kind_and_the_first_body_is_kept()
    {
        using var server = new AnsweringServer(n => n % 2 == 0
            ? AnsweringServer.Ok
            : [Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 8\r\n\r\nno model")]);
        var step = new LoadLoop(server.Url, new RankRequests(Options)).Open(1, rps: 100, seconds: 0.5, seed: 1);
        Assert.Equal(step.Requests / 2, step.Errors["404"]);
        Assert.Equal("no model", step.FirstFailure);
    }

    [Fact]
    public void Server_that_is_not_there_counts_every_request_as_failed()
    {
        Uri url;
        using (var server = new AnsweringServer(_ => AnsweringServer.Ok))
        {
            url = server.Url;
        }

        var step = new LoadLoop(url, new RankRequests(Options)).Open(2, rps: 100, seconds: 0.2, seed: 1);
        Assert.Equal(0, step.Rps);
        Assert.InRange(step.Errors["connection"], step.Requests, step.Requests + 2);
    }

    [Fact]
    public void Arrivals_are_Poisson_of_the_rate_and_repeatable()
    {
        var due = LoadLoop.Arrivals(rps: 1000, seconds: 100, seed: 5);
        Assert.Equal(due, LoadLoop.Arrivals(1000, 100, 5));
        Assert.NotEqual(due, LoadLoop.Arrivals(1000, 100, 6));
        Assert.Equal(due.Order(), due);

        // 100,000 expected, standard deviation 316.
        Assert.InRange(due.Length, 98_700, 101_300);

        // Of exponential gaps e^-1 are longer than the mean; of a fixed interval none would be.
        var mean = (double)due[^1] / due.Length;
        var longer = due.Zip(due.Skip(1), (a, b) => b - a).Count(gap => gap > mean) / (double)due.Length;
        Assert.InRange(longer, 0.36, 0.375);
    }
}
