using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RecServe.LoadGen.Tests;

/// <summary>Answers every request with given bytes over raw sockets; what a connection sends after each answer is the test's choice.</summary>
internal sealed class AnsweringServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, byte[][]> _answer;
    private int _requests;

    /// <summary>Starts it; <paramref name="answer"/> gives the pieces, sent one write each, of the n-th answer (from 0).</summary>
    public AnsweringServer(Func<int, byte[][]> answer)
    {
        _answer = answer;
        _listener.Start();
        Url = new Uri($"http://{_listener.LocalEndpoint}");
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public Uri Url { get; }

    public static byte[][] Ok { get; } = [Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")];

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.AcceptSocket();
                socket.NoDelay = true;
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        try
        {
            while (reader.ReadLine() is not null)
            {
                var length = 0;
                while (reader.ReadLine() is { Length: > 0 } line)
                {
                    length = line.StartsWith("Content-Length:", StringComparison.Ordinal) ? int.Parse(line[15..]) : length;
                }

                _ = reader.ReadBlock(new char[length]);
                foreach (var piece in _answer(Interlocked.Increment(ref _requests) - 1))
                {
                    if (piece.Length == 0)
                    {
                        return;
                    }

                    stream.Write(piece);
                }
            }
        }
        catch (IOException)
        {
            // The client went away.
        }
    }
}
