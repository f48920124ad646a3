using System.Net.Sockets;
using System.Text;

namespace RecServe.Integration.Tests;

/// <summary>
/// A request whose body the server waits for: it is in flight for certain, since the server has said "100 Continue", and for as long as
/// the test wants.
/// </summary>
internal sealed class HalfSentRequest : IDisposable
{
    private readonly TcpClient _connection;
    private readonly StreamReader _reader;
    private readonly byte[] _rest;

    private HalfSentRequest(TcpClient connection, byte[] rest)
    {
        _connection = connection;
        _reader = new StreamReader(connection.GetStream(), Encoding.UTF8);
        _rest = rest;
    }

    /// <summary>Sends the header and all of the body but its last byte.</summary>
    public static async Task<HalfSentRequest> StartAsync(Uri server, string path, string json)
    {
        byte[] body = Encoding.UTF8.GetBytes(json);
        var connection = new TcpClient();
        await connection.ConnectAsync(server.Host, server.Port);
        NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n"));
        var request = new HalfSentRequest(connection, body[^1..]);
        Assert.Equal("HTTP/1.1 100 Continue", await request._reader.ReadLineAsync());
        Assert.Equal("", await request._reader.ReadLineAsync());
        await stream.WriteAsync(body.AsMemory(0, body.Length - 1));
        return request;
    }

    /// <summary>Sends the last byte and reads the answer to the end of the connection.</summary>
    public async Task<string> FinishAsync()
    {
        await _connection.GetStream().WriteAsync(_rest);
        return await _reader.ReadToEndAsync();
    }

    public void Dispose() => _connection.Dispose();
}
