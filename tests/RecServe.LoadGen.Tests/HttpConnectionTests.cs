using System.Text;

namespace RecServe.LoadGen.Tests;

public sealed class HttpConnectionTests
{
    private static readonly byte[] Request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, null)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, null)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", 200, null)]
    [InlineData("HTTP/1.1 422 Unprocessable\r\nContent-Length: 3\r\n\r\nbad", 422, "bad")]
    public void Send_reads_whole_answers_however_they_are_cut(string answer, int status, string? failure)
    {
        var bytes = Encoding.ASCII.GetBytes(answer);
        for (var size = 1; size <= bytes.Length; size += 7)
        {
            using var server = new AnsweringServer(_ => bytes.Chunk(size).ToArray());
            using var connection = new HttpConnection(server.Url, TimeSpan.FromSeconds(10));

            // Twice: what an answer leaves behind would spoil the next one.
            for (var i = 0; i < 2; i++)
            {
                Assert.Equal(status, connection.Send(Request, out var body));
                Assert.Equal(failure, body);
            }
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe")]
    [InlineData("HTTP/1.1 200")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public void Send_refuses_half_an_answer(string answer)
    {
        using var server = new AnsweringServer(_ => [Encoding.ASCII.GetBytes(answer), []]);
        using var connection = new HttpConnection(server.Url, TimeSpan.FromSeconds(10));
        Assert.Throws<InvalidDataException>(() => connection.Send(Request, out _));
    }
}
