using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecServe.Integration.Tests;

/// <summary>SIGTERM as an orchestrator sends it: not ready first, then no new connections, every accepted request answered, exit code 0.</summary>
public sealed class ServerShutdownTests : IDisposable
{
    private const int Candidates = 5000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Server_that_is_told_to_stop_answers_what_it_accepted_and_exits_0(string signal)
    {
        EveryFieldKindData.Write(_directory);
        RecServeProcess.Run(0,
            "train", "--train", _directory["train.csv"], "--valid", _directory["valid.csv"], "--test", _directory["test.csv"], "--schema", _directory["schema.json"],
            "--model", "dcnv2", "--set", "epochs=1", "--set", "hidden=24,16", "--out", _directory["models/m/1"]).Dispose();
        using RunningServer server = await RunningServer.StartAsync(_directory["models"], "--drain-seconds", "2");
        Uri address = server.Client.BaseAddress!;

        var accepted = new List<(HalfSentRequest Request, Action<JsonElement> Check)>();
        for (int n = 0; n < 4; n++)
        {
            accepted.Add((await HalfSentRequest.StartAsync(address, "/v1/rank", Ranking(1000, false).ToJsonString()), answer => Assert.Equal(1000, answer.GetProperty("items").GetArrayLength())));
            accepted.Add((await HalfSentRequest.StartAsync(address, "/v1/rank", Ranking(20, true).ToJsonString()), answer => Assert.Equal(20, answer.GetProperty("items").GetArrayLength())));
            var batch = new JsonObject { ["requests"] = new JsonArray([.. Enumerable.Range(0, 10).Select(_ => Ranking(5, false))]) };
            accepted.Add((await HalfSentRequest.StartAsync(address, "/v1/rank:batch", batch.ToJsonString()),
                answer => Assert.All(answer.GetProperty("responses").EnumerateArray(), response => Assert.Equal(200, response.GetProperty("status").GetInt32()))));
        }

        server.Process.Signal(signal);

        // While it drains it says so and still answers.
        while (true)
        {
            using HttpResponseMessage ready = await server.Client.GetAsync("/health/ready");
            if (ready.StatusCode == HttpStatusCode.ServiceUnavailable)
                break;
        }

        await Task.WhenAll(accepted[..6].Select(AssertAnsweredAsync));

        // Then nobody new is let in, and who is in gets an answer.
        while (await IsListeningAsync(address))
        {
        }

        Assert.False(server.Process.HasExited);
        await Task.WhenAll(accepted[6..].Select(AssertAnsweredAsync));
        Assert.Equal(0, server.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.DoesNotContain("   at ", server.Process.Output + server.Process.Error, StringComparison.Ordinal);
    }

    private static JsonObject Ranking(int k, bool explain) => new()
    {
        ["user"] = new JsonObject { ["id"] = "u1" },
        ["k"] = k,
        ["explain"] = explain,
        ["items"] = new JsonArray([.. Enumerable.Range(0, explain || k > 100 ? Candidates : 100).Select(n => new JsonObject { ["id"] = $"i{n}" })]),
    };

    private static async Task AssertAnsweredAsync((HalfSentRequest Request, Action<JsonElement> Check) accepted)
    {
        using HalfSentRequest request = accepted.Request;
        string answer = await request.FinishAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        using JsonDocument body = JsonDocument.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        accepted.Check(body.RootElement);
    }

    private static async Task<bool> IsListeningAsync(Uri address)
    {
        using var connection = new TcpClient();
        try
        {
            await connection.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
