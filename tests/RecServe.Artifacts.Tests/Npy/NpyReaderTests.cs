using System.Buffers.Binary;
using System.Text;

namespace RecServe.Artifacts.Tests;

public class NpyReaderTests
{
    // numpy.save of numpy.array([[1.5, -2.0]], dtype='<f4'): the bytes that NumPy 1.24 writes.
    private static readonly byte[] Golden =
        [0x93, .. "NUMPY"u8, 1, 0, 0x76, 0, .. "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"u8, .. Enumerable.Repeat((byte)' ', 58), (byte)'\n', 0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0];

    [Fact]
    public void Golden_bytes_are_read()
    {
        NumberTensor tensor = Read(Golden);
        Assert.Equal(TensorType.F32, tensor.Type);
        Assert.Equal([1L, 2L], tensor.Shape);
        Assert.Equal([1.5f, -2f], tensor.Floats());
    }

    [Theory]
    [InlineData("<f2", 2)]
    [InlineData("<f8", 8)]
    public void Other_floating_point_types_become_fp32(string descr, int size)
    {
        byte[] data = new byte[2 * size];
        for (int i = 0; i < 2; i++)
        {
            double number = i == 0 ? 0.5 : -3;
            if (size == 2)
                BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(i * size), (Half)number);
            else
                BinaryPrimitives.WriteDoubleLittleEndian(data.AsSpan(i * size), number);
        }

        Assert.Equal([0.5f, -3f], Read(File(descr, "(2,)", data)).Floats());
    }

    [Fact]
    public void Whole_numbers_become_decimal_text_and_keys()
    {
        byte[] data = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(data, -7);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8), 12345678901234);
        Assert.Equal(["-7", "12345678901234"], Read(File("<i8", "(2,)", data)).Decimals());
        Assert.Equal([ulong.MaxValue - 6, 12345678901234UL], Read(File("<u8", "(2,)", data)).Bits());
        Assert.Contains("expected F16, F32 or F64", Assert.Throws<PackageException>(() => Read(File("<i8", "(2,)", data)).Floats()).Message, StringComparison.Ordinal);
        Assert.Contains("expected U64", Assert.Throws<PackageException>(() => Read(File("<i8", "(2,)", data)).Bits()).Message, StringComparison.Ordinal);
        Assert.Contains("expected I32, U32, I64 or U64", Assert.Throws<PackageException>(() => Read(Golden).Decimals()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("|O", "(1,)", "elements of type '|O'")]
    [InlineData(">f4", "(1,)", "elements of type '>f4'")]
    [InlineData("<f4", "(9223372036854775807, 9223372036854775807)", "no array")]
    [InlineData("<f4", "(99999999999999999999,)", "no array")]
    [InlineData("<f4", "(3,)", "needs 12 bytes, 4 follow")]
    [InlineData("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 1)", "9 dimensions")]
    [InlineData("<f4", "(-1,)", "the header is not")]
    public void Hostile_headers_are_refused(string descr, string shape, string message) =>
        Assert.Contains(message, Assert.Throws<PackageException>(() => Read(File(descr, shape, new byte[4]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Columns_first_and_other_files_are_refused()
    {
        Assert.Contains("fortran_order", Assert.Throws<PackageException>(() => Read(File("<f4", "(1,)", new byte[4], fortran: "True"))).Message, StringComparison.Ordinal);
        Assert.Contains("does not start", Assert.Throws<PackageException>(() => Read("PK\x03\x04 a zip file"u8.ToArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_and_damaged_files_are_refused_or_read_and_never_crash()
    {
        for (int length = 0; length < Golden.Length; length++)
            Assert.Throws<PackageException>(() => Read(Golden[..length]));
        var random = new Random(5);
        for (int trial = 0; trial < 3000; trial++)
        {
            byte[] damaged = [.. Golden];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (Record.Exception(() => Read(damaged)) is { } failure)
                Assert.IsType<PackageException>(failure);
        }
    }

    private static byte[] File(string descr, string shape, byte[] data, string fortran = "False")
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n"), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        return [0x93, .. "NUMPY"u8, 2, 0, .. length, .. header, .. data];
    }

    private static NumberTensor Read(byte[] file) => NpyReader.Read(new MemoryStream(file), "a.npy");
}
